using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Control;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Reload;

/// <summary>Reloads the configuration of a run inside its process. The options of the run's own command line stay in force above
/// every file.</summary>
/// <param name="run">The run.</param>
/// <param name="resources">What it holds open.</param>
/// <param name="request">Its command line.</param>
/// <param name="configuration">What it runs.</param>
/// <param name="output">Standard output, for sinks.</param>
/// <param name="host">The process around it.</param>
internal sealed class Reloader(IPipelineRun run, RunResources resources, RunRequest request, PipelineConfiguration configuration, TextWriter output, RunHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private volatile PipelineConfiguration _configuration = configuration;

    /// <summary>What runs now.</summary>
    public PipelineConfiguration Configuration => _configuration;

    /// <summary>Reads the run's own file again.</summary>
    /// <param name="cancellationToken">Cancels the wait for the run's turn.</param>
    /// <returns>What came of it.</returns>
    public Task<ControlReply> AgainAsync(CancellationToken cancellationToken) =>
        ReloadAsync(new ControlRequest("reload", string.Empty) { File = request.Configuration.File }, cancellationToken);

    /// <summary>Reads a file and has the run take it up.</summary>
    /// <param name="control">The file, and how.</param>
    /// <param name="cancellationToken">Cancels the wait for the run's turn.</param>
    /// <returns>What came of it.</returns>
    public async Task<ControlReply> ReloadAsync(ControlRequest control, CancellationToken cancellationToken)
    {
        using var impatience = new CancellationTokenSource(Patience, host.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(impatience.Token, cancellationToken);
        try
        {
            return await TryAsync(control, either.Token).ConfigureAwait(false);
        }
        catch (ConfigurationException exception)
        {
            using var mistakes = new StringWriter();
            using var json = new StringWriter();
            var code = ConfigurationReport.Write(exception, json, mistakes, asJson: true);
            return new ControlReply(false, mistakes.ToString().TrimEnd()) { Code = code, Document = json.ToString().TrimEnd() };
        }
        catch (OperationCanceledException) when (impatience.IsCancellationRequested)
        {
            return new ControlReply(false, $"The run did not come to its turn within {Patience.TotalSeconds:0} seconds: its source waits for input, or it is being started again. Nothing was changed.");
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            var failure = RunFailure.Of(exception);
            return new ControlReply(false, $"{failure.Message} The plan in force stays.") { Code = failure.ExitCode };
        }
    }

    private async Task<ControlReply> TryAsync(ControlRequest control, CancellationToken cancellationToken)
    {
        var before = resources.Plan;
        var loaded = ConfigurationLoader.Load(request.Configuration with { File = control.File ?? request.Configuration.File, Set = [.. request.Configuration.Set, .. control.Set ?? []] });
        var conflicts = FixedParts.Conflicts(_configuration.Options, loaded.Options);

        // What conflicts beside the plan is told with what the plan changes.
        var report = await run.ReloadAsync(
            Graph(loaded.Options), new ReloadOptions { DryRun = control.DryRun || conflicts.Count > 0, DiscardOpenWindows = control.Discard }, cancellationToken).ConfigureAwait(false);
        report = report with { Refusals = [.. conflicts, .. report.Refusals] };
        if (report.Applied)
        {
            resources.TakeUp(loaded.Plan);
            _configuration = loaded;
        }

        var document = ReloadDocument.Of(before, loaded.Plan, report);
        using var text = new StringWriter();
        ReloadText.Write(document, text);
        var allowed = report.Refusals.Count == 0;
        return new ControlReply(allowed, text.ToString().TrimEnd()) { Code = allowed ? ExitCode.Done : ExitCode.Configuration, Document = JsonText.Of(document) };
    }

    private PipelineGraph Graph(PipelineOptions options) => new GraphBuilder(
        options, RunResources.Sinks(options, request.AsJson, host, output), host.Input).Build();
}
