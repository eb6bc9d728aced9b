using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Singleton.Ownership;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Akka.Configuration;
using AkkaPrivacy.Hosting.Akka.Health;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Hosting.Topology;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace AkkaPrivacy.Hosting.Akka;

/// <summary>One call of <c>run --runtime akka</c>: a node that joins, offers the pipeline, runs it while it owns it, and leaves.</summary>
internal static class AkkaRun
{
    // What a leaving node does after it has drained: hand over shards and singletons, be removed.
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(60);

    /// <summary>Runs.</summary>
    /// <param name="configuration">The pipeline.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="host">The process around it.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ConfigurationException">The node's configuration is wrong.</exception>
    /// <exception cref="PipelineException">The cluster refused the node.</exception>
    /// <exception cref="StoreException">The journal cannot be used.</exception>
    public static async Task<RunReport> RunAsync(PipelineConfiguration configuration, RunRequest request, RunHost host, TextWriter output, TextWriter error)
    {
        try
        {
            return await RunNodeAsync(configuration, request, host, output, error).ConfigureAwait(false);
        }
        catch (NodeRefusedException exception)
        {
            throw exception is JournalUnavailableException
                ? new StoreException(StoreFailure.Unavailable, exception.Message, exception)
                : new PipelineException(exception.Message, exception);
        }
    }

    private static async Task<RunReport> RunNodeAsync(PipelineConfiguration configuration, RunRequest request, RunHost host, TextWriter output, TextWriter error)
    {
        var cluster = ClusterLoader.Load(request.Cluster!, configuration.Options.Store.Path);
        RequirePipelineRole(cluster.Settings);
        ClusterCheck.Fit(configuration, cluster.Settings);
        var resources = await RunResources.OpenAsync(configuration, request.AsJson, host, output).ConfigureAwait(false);
        await using (resources.ConfigureAwait(false))
        {
            using var node = Node(cluster, resources, host.Time);
            using var interrupts = new NodeInterrupts(error);
            using var registration = host.Interrupts(interrupts.OnInterrupt);
            var health = await HealthServer.StartAsync(cluster.Settings, node.Services.GetRequiredService<HealthCheckService>(), host.Time).ConfigureAwait(false);
            await using var _ = health.ConfigureAwait(false);
            try
            {
                await node.StartAsync(interrupts.First).ConfigureAwait(false);
                await error.WriteLineAsync($"Node '{cluster.Settings.Name}' is a member of the cluster '{cluster.Settings.System}' and offers pipeline '{configuration.Plan.Settings.Name}'.").ConfigureAwait(false);
                return await OfferAsync(node.Services.GetRequiredService<ClusterNode>(), resources, configuration.Options.Store.Path, interrupts, host.Time, error).ConfigureAwait(false);
            }
            finally
            {
                await StopAsync(node, interrupts, error).ConfigureAwait(false);
            }
        }
    }

    private static void RequirePipelineRole(ClusterSettings settings)
    {
        if (!settings.Roles.Contains(ClusterSettings.PipelineRole))
        {
            throw new NodeRefusedException($"Node '{settings.Name}' has no role '{ClusterSettings.PipelineRole}', so it runs no pipeline. Add it to akkaprivacy.cluster.node.roles.");
        }
    }

    private static IHost Node(ClusterConfiguration cluster, RunResources resources, TimeProvider time)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = cluster.Settings.DrainTimeout + Leaving);
        builder.Services.AddAkkaPrivacy(cluster, resources.RuntimeOptions.Store, time);
        return builder.Build();
    }

    private static async Task<RunReport> OfferAsync(
        ClusterNode node, RunResources resources, string storePath, NodeInterrupts interrupts, TimeProvider time, TextWriter error)
    {
        TopologyServer? topology = null;
        Task progress = Task.CompletedTask;
        resources.ChargeBy(node.Ledger);
        var hosted = node.Pipelines.Offer(new PipelineAgentOptions
        {
            Pipeline = resources.Plan.Settings.Name,
            Plan = resources.Plan.Hash,
            OfferInterval = node.Configuration.Settings.OfferInterval,
            Silence = node.Configuration.Settings.Silence,
            Silent = (waited, running) => error.WriteLine(SilenceText.Of(waited, running)),
            Heard = () => error.WriteLine(SilenceText.Heard),
            Start = () =>
            {
                var run = node.Runtime(resources.RuntimeOptions).Start(resources.Plan);
                topology = TopologyServer.Start(storePath, run.Topology, control: new Control.RunControl(run));
                progress = new RunProgress(error, time).WatchAsync(run);
                return run;
            },
        });
        interrupts.Attach(hosted);
        try
        {
            var summary = await hosted.Completion.ConfigureAwait(false) ?? throw new PipelineException("Interrupted before this node ran the pipeline; nothing was read.", new OperationCanceledException());
            await progress.ConfigureAwait(false);
            return await RunReport.BuildAsync(resources, summary, topology?.Note).ConfigureAwait(false);
        }
        finally
        {
            if (topology is not null)
            {
                await topology.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static async Task StopAsync(IHost node, NodeInterrupts interrupts, TextWriter error)
    {
        try
        {
            await node.StopAsync().WaitAsync(interrupts.Second).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or AggregateException or TimeoutException)
        {
            // Results are stored and reported by then; the other nodes remove this one when it does not answer.
            await error.WriteLineAsync($"The node left the cluster without a farewell ({exception.GetType().Name}).").ConfigureAwait(false);
        }
    }
}
