using System.Globalization;
using System.Text.Json;
using AkkaPrivacy.Connectors.SideOutputs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Replays;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Replay;

/// <summary>What a replay did. Its JSON has the same names in snake_case; docs/reference/cli.md explains each.</summary>
internal sealed record ReplayReport(
    string Pipeline,
    long Places,
    long RowsRead,
    IReadOnlyDictionary<string, long> LeftOut,
    IReadOnlyDictionary<string, long> Refused,
    long PlacesLeftOff,
    long UnreadableLines,
    IReadOnlyList<string> Warnings);

/// <summary>One call of <c>replay</c>, from its configuration to its exit code.</summary>
internal static class ReplaySession
{
    /// <summary>Replays.</summary>
    /// <param name="request">The configuration.</param>
    /// <param name="from">The file with the places.</param>
    /// <param name="asJson">Whether standard output gets one JSON object.</param>
    /// <param name="host">The process around it.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="cancellationToken">Cancels; nothing is stored then.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        ConfigurationRequest request, string from, bool asJson, RunHost host, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            var report = await ReplayAsync(ConfigurationLoader.Load(request), from, host, output, cancellationToken).ConfigureAwait(false);
            Write(report, asJson, output);
            return ExitCode.Done;
        }
        catch (ConfigurationException exception)
        {
            return ConfigurationReport.Write(exception, output, error, asJson);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            var failure = RunFailure.Of(exception);
            failure.Write(error, null);
            if (asJson)
            {
                output.WriteLine(JsonText.Of(new { Error = new { failure.ExitCode, failure.Message } }));
            }

            return failure.ExitCode;
        }
    }

    private static async Task<ReplayReport> ReplayAsync(
        PipelineConfiguration configuration, string from, RunHost host, TextWriter output, CancellationToken cancellationToken)
    {
        var places = SideOutputReader.Read(from);

        // Files are read from their start to their end, nothing is published, and the places stay in the file that they came from.
        var options = configuration.Options;
        configuration = configuration with
        {
            Options = options with
            {
                Source = options.Source with { Follow = false },
                MoreSources = [.. options.MoreSources.Select(more => (more.Name, more.Source with { Follow = false }))],
                Sinks = [],
                SideOutputs = [],
            },
        };
        var resources = await RunResources.OpenAsync(configuration, keepOutputFree: true, host, output).ConfigureAwait(false);
        await using (resources.ConfigureAwait(false))
        {
            var summary = await new EmbeddedRuntime(resources.RuntimeOptions).ReplayAsync(resources.Plan, places.Letters, cancellationToken).ConfigureAwait(false);
            return new ReplayReport(
                resources.Plan.Settings.Name, summary.Places, summary.RowsRead, Named(summary.LeftOut), Named(summary.Refused), places.LeftOff, places.Unreadable, summary.Warnings);
        }
    }

    private static Dictionary<string, long> Named<T>(IReadOnlyDictionary<T, long> counts)
        where T : struct, Enum => counts.ToDictionary(pair => JsonNamingPolicy.SnakeCaseLower.ConvertName(pair.Key.ToString()), pair => pair.Value);

    private static void Write(ReplayReport report, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            output.WriteLine(JsonText.Of(report));
            return;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.RowsRead:N0} rows of {report.Places:N0} places were read again into the state of pipeline '{report.Pipeline}'"));
        foreach (var (reason, rows) in report.LeftOut)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Left out again, {reason}: {rows:N0}"));
        }

        foreach (var (reason, rows) in report.Refused)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Not replayed, {reason}: {rows:N0} places"));
        }

        if (report.PlacesLeftOff + report.UnreadableLines > 0)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Warning: the file lacks {report.PlacesLeftOff:N0} places beyond max-lines, and {report.UnreadableLines:N0} of its lines name no place of a known run"));
        }

        foreach (var warning in report.Warnings)
        {
            output.WriteLine($"Warning: {warning}");
        }

        output.WriteLine("Next: 'akkaprivacy run' goes on where the last run stopped.");
    }
}
