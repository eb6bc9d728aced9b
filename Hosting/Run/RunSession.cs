using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Control;
using AkkaPrivacy.Hosting.Reload;
using AkkaPrivacy.Hosting.Topology;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>What <c>run</c> was asked for.</summary>
/// <param name="Configuration">The file and what is set above it.</param>
/// <param name="AsJson">Whether standard output gets one JSON object.</param>
/// <param name="Verbose">Whether a failure shows types and places.</param>
/// <param name="Cluster">The cluster to be a node of; null runs all in this process.</param>
internal sealed record RunRequest(ConfigurationRequest Configuration, bool AsJson, bool Verbose, ClusterRequest? Cluster);

/// <summary>One call of <c>run</c>, from its configuration to its exit code.</summary>
internal static class RunSession
{
    private delegate Task<RunReport> Runner(PipelineConfiguration configuration, RunRequest request, RunHost host, TextWriter output, TextWriter error);

#if AKKANET
    private static readonly Runner InCluster = Akka.AkkaRun.RunAsync;
#else
    private static readonly Runner InCluster = (_, _, _, _, _) => throw new PipelineException(
        "This program was built without the Akka.NET runtime; nothing was read. Build it with 'dotnet build AkkaPrivacy.sln -c Release -p:AkkaNet=true', or leave out --runtime akka.");
#endif

    /// <summary>Runs a pipeline.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="host">The process around it.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RunRequest request, RunHost host, TextWriter output, TextWriter error)
    {
        PipelineConfiguration configuration;
        try
        {
            configuration = ConfigurationLoader.Load(request.Configuration);
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationReport.Write(exception, output, error, request.AsJson);
        }

        try
        {
            var report = await (request.Cluster is null ? (Runner)RunAsync : InCluster)(configuration, request, host, output, error).ConfigureAwait(false);
            Write(report, configuration, request.AsJson, output);
            return CodeOf(report);
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationReport.Write(exception, output, error, request.AsJson);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var failure = RunFailure.Of(exception);
            failure.Write(error, request.Verbose ? exception : null);
            if (request.AsJson)
            {
                output.WriteLine(JsonText.Of(new { Pipeline = configuration.Plan.Settings.Name, Error = new { failure.ExitCode, failure.Message } }));
            }

            return failure.ExitCode;
        }
    }

    private static async Task<RunReport> RunAsync(
        PipelineConfiguration configuration, RunRequest request, RunHost host, TextWriter output, TextWriter error)
    {
        var resources = await RunResources.OpenAsync(configuration, request.AsJson, host, output).ConfigureAwait(false);
        await using (resources.ConfigureAwait(false))
        {
            var run = new EmbeddedRuntime(resources.RuntimeOptions).Start(resources.Plan);
            var reloader = new Reloader(run, resources, request, configuration, output, host);
            var topology = TopologyServer.Start(configuration.Options.Store.Path, run.Topology, control: new RunControl(run, reloader.ReloadAsync), budget: resources.BudgetAsync);
            await using (topology.ConfigureAwait(false))
            {
                using var interrupts = host.Interrupts(Interrupt(run, error));
                var reload = Task.CompletedTask;
                using var hangups = host.Hangups?.Invoke(() => reload = ReloadAsync(reload, reloader, error));
                await new RunProgress(error, host.Time).WatchAsync(run).ConfigureAwait(false);
                var summary = await run.Completion.ConfigureAwait(false);
                await reload.ConfigureAwait(false);
                return await RunReport.BuildAsync(resources, summary, topology.Note).ConfigureAwait(false);
            }
        }
    }

    private static async Task ReloadAsync(Task before, Reloader reloader, TextWriter error)
    {
        await before.ConfigureAwait(false);
        var reply = await reloader.AgainAsync(CancellationToken.None).ConfigureAwait(false);
        await error.WriteLineAsync(reply.Message).ConfigureAwait(false);
    }

    // What was withheld because a journal failed is no matter of the budget; a restart asks for it again.
    private static int CodeOf(RunReport report) =>
        report.Interrupted ? ExitCode.Interrupted
        : report.Withheld.Count == 0 ? ExitCode.Done
        : report.Withheld.Any(withheld => withheld.Code == "unavailable") ? ExitCode.Store : ExitCode.Withheld;

    private static Action Interrupt(IPipelineRun run, TextWriter error)
    {
        var calls = 0;
        return () =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                error.WriteLine("Interrupted: draining what was read and storing the state. Once more stops at once.");
                run.KillSwitch.Shutdown();
            }
            else
            {
                run.KillSwitch.Abort(new OperationCanceledException("interrupted twice"));
            }
        };
    }

    private static void Write(RunReport report, PipelineConfiguration configuration, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            output.WriteLine(JsonText.Of(report));
        }
        else
        {
            RunText.Write(report, configuration, output);
        }
    }
}
