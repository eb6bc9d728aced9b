using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.LoadTests.Compare;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Profile;

/// <summary>The command <c>profile stages</c>: what a row costs in each kind of stage.</summary>
internal static class StagesCommand
{
    private const int WarmUpPasses = 3;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        var json = ComparisonCommand.CreateJsonOption();
        var seconds = ComparisonCommand.CreateSecondsOption("Measured time in all; warm-up comes on top.");
        var events = PipelineComparison.CreateEventsOption();
        var command = new Command(
            "stages",
            """
            Runs a pipeline with one stage of each kind in one lane, over requests with 9 fields in memory, and prints nanoseconds of processor
            time per row that a stage takes, and what that makes a second. Every figure is the least of all passes. A window's figure includes firing,
            as does that of sessions. 'source' reads and cuts lines of one source, 'source:merged' of two.
            """)
        {
            json, seconds, events,
        };
        command.SetAction(parsed =>
        {
            var count = parsed.GetValue(events);
            var stages = Measure(count, TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(Json(stages, count).ToJsonString(Indented));
            }
            else
            {
                WriteText(stages, output);
            }
        });
        return command;
    }

    private static List<StageTime> Measure(int events, TimeSpan time)
    {
        ReadOnlyMemory<byte> lines = StageLines.Create(events);
        for (var pass = 0; pass < WarmUpPasses; pass++)
        {
            Pass(lines, events, merged: pass % 2 == 0);
        }

        var start = Stopwatch.GetTimestamp();
        var (one, two) = (Pass(lines, events, merged: false), Pass(lines, events, merged: true));
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            (one, two) = (one.Least(Pass(lines, events, merged: false)), two.Least(Pass(lines, events, merged: true)));
        }

        return [new StageTime("source", 1, 0, one.SourceNs), new StageTime("source:merged", 1, 0, two.SourceNs), .. one.Stages];
    }

    private static PipelineProfile Pass(ReadOnlyMemory<byte> lines, int events, bool merged) => PipelineProfile.Pass(
        merged ? StagesJob.Merge(lines) : new MemoryLineSource("events", lines),
        events,
        open => StagesJob.Graph(open, $"stages-{PipelineProfile.NextPass()}"));

    private static void WriteText(List<StageTime> stages, TextWriter output)
    {
        output.WriteLine($"{"stage",-32}{"rows/event",12}{"ns/row",10}{"million rows/s",16}");
        foreach (var stage in stages)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{stage.Name,-32}{stage.RowsPerEvent,12:F3}{stage.NsPerRow,10:F1}{Rate(stage) / 1e6,16:F1}"));
        }
    }

    private static JsonObject Json(List<StageTime> stages, int events) => new()
    {
        ["name"] = "profile-stages",
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["cores"] = Environment.ProcessorCount,
        ["events"] = events,
        ["stages"] = new JsonArray([.. stages.Select(stage => new JsonObject
        {
            ["name"] = stage.Name,
            ["rows_per_event"] = Math.Round(stage.RowsPerEvent, 4),
            ["ns_per_row"] = Math.Round(stage.NsPerRow, 2),
            ["rows_per_second"] = Math.Round(Rate(stage)),
        })]),
    };

    private static double Rate(StageTime stage) => stage.NsPerRow > 0 ? 1e9 / stage.NsPerRow : 0;
}
