using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaPrivacy.LoadTests.Compare;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Profile;

/// <summary>The command <c>profile</c>.</summary>
internal static class ProfileCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Builds the command with its subcommands.</summary>
    /// <returns>The command.</returns>
    public static Command Create() => new("profile", "Shows where the time goes.") { CreatePipeline(), StagesCommand.Create() };

    private static Command CreatePipeline()
    {
        var json = ComparisonCommand.CreateJsonOption();
        var seconds = ComparisonCommand.CreateSecondsOption("Measured time in all; warm-up and machine limits come on top.");
        var events = PipelineComparison.CreateEventsOption();
        var command = new Command(
            "pipeline",
            """
            Runs the job of 'compare pipeline' in one lane and in two, and prints nanoseconds of processor time per event for each
            stage, from the counters that 'topology' shows, beside what this machine needs for the bare work. Every figure is the least
            of all passes, since what disturbs a pass only adds to it. 'source' is reading and cutting lines. 'other' is processor time outside of source
            and stages: starting and ending the run, queues, releases, the store; compiling, in the first passes.
            """)
        {
            json, seconds, events,
        };
        command.SetAction(parsed =>
        {
            var count = parsed.GetValue(events);
            var time = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            ReadOnlyMemory<byte> lines = JsonLines.Create(count, PipelineComparison.Seed);
            var (one, two) = PipelineProfile.Measure(lines, count, time);
            var limits = MachineLimits.Measure();
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(Json(one, two, limits).ToJsonString(Indented));
            }
            else
            {
                WriteText(one, two, limits, output);
            }
        });
        return command;
    }

    private static void WriteText(PipelineProfile one, PipelineProfile two, IReadOnlyList<(string Name, double Ns)> limits, TextWriter output)
    {
        output.WriteLine($"{"ns per event",-28}{"1 lane",10}{"2 lanes",10}{"rows/event",12}{"ns/row",10}{"rows/batch",12}{"2 lanes",10}");
        foreach (var (stage, other) in one.Stages.Zip(two.Stages))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{stage.Name,-28}{stage.NsPerEvent,10:F1}{other.NsPerEvent,10:F1}{stage.RowsPerEvent,12:F3}{stage.NsPerRow,10:F1}{stage.RowsPerBatch,12:F0}{other.RowsPerBatch,10:F0}"));
        }

        output.WriteLine(Line("source", one.SourceNs, two.SourceNs));
        output.WriteLine(Line("other", one.OtherNs, two.OtherNs));
        output.WriteLine(Line("processor", one.ProcessorNs, two.ProcessorNs));
        output.WriteLine(Line("wall", one.WallNs, two.WallNs));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"two lanes over one: {one.WallNs / two.WallNs:F2} by the clock, {2 * one.ProcessorNs / two.ProcessorNs:F2} by processor time"));
        output.WriteLine();
        output.WriteLine("What this machine needs, ns");
        foreach (var (name, ns) in limits)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ns,8:F1}  {name}"));
        }
    }

    private static string Line(string name, double one, double two) =>
        string.Create(CultureInfo.InvariantCulture, $"{name,-28}{one,10:F1}{two,10:F1}");

    private static JsonObject Json(PipelineProfile one, PipelineProfile two, IReadOnlyList<(string Name, double Ns)> limits) => new()
    {
        ["name"] = "profile-pipeline",
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["cores"] = Environment.ProcessorCount,
        ["profiles"] = new JsonArray(Json(one, 1), Json(two, 2)),
        ["limits"] = new JsonArray([.. limits.Select(limit => new JsonObject { ["name"] = limit.Name, ["ns"] = Rounded(limit.Ns) })]),
    };

    private static JsonObject Json(PipelineProfile profile, int lanes) => new()
    {
        ["lanes"] = lanes,
        ["wall_ns_per_event"] = Rounded(profile.WallNs),
        ["cpu_ns_per_event"] = Rounded(profile.ProcessorNs),
        ["source_ns_per_event"] = Rounded(profile.SourceNs),
        ["other_ns_per_event"] = Rounded(profile.OtherNs),
        ["stages"] = new JsonArray([.. profile.Stages.Select(stage => new JsonObject
        {
            ["name"] = stage.Name,
            ["ns_per_event"] = Rounded(stage.NsPerEvent),
            ["rows_per_event"] = Math.Round(stage.RowsPerEvent, 4),
            ["rows_per_batch"] = Math.Round(stage.RowsPerBatch),
        })]),
    };

    private static double Rounded(double value) => Math.Round(value, 2);
}
