using System.CommandLine;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.LoadTests.Measuring;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary><c>compare latency</c>: how long a row waits until it is counted.</summary>
internal static class LatencyComparison
{
    private const string Job = "Time from a row's scheduled arrival to its being counted in its window, while rows arrive at half of the maximum rate.";
    private static readonly TimeSpan LongestPart = TimeSpan.FromSeconds(2);

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        var json = ComparisonCommand.CreateJsonOption();
        var seconds = ComparisonCommand.CreateSecondsOption("Arrivals of each contender, warm-up of at most 2 s included; three runs of as much for the maximum come on top, of at most 2 s each.");
        var command = new Command(
            "latency",
            $"""
            {Job}

            The job is that of 'compare pipeline' with windows of a second. When rows arrive is fixed before the first one,
            so a row that has to wait because of others counts its wait. The maximum is measured before, in the same
            process: the median of three runs. Ratios are p99 over that of the first contender.

            akkaprivacy        the product, one lane; stores and charges its windows meanwhile
            akkaprivacy-2-lanes
                               two lanes, at half of their own maximum
            channel            baseline: a bounded channel of rows and a loop with tokens remembered, at half of its own
                               maximum; stores nothing
            channel-same-rate  the same at the product's rate; rows it has not come to when time is up count as uncounted
            idle               takes rows and does nothing: the timer and the machine
            """)
        {
            json, seconds,
        };
        command.SetAction(parsed =>
        {
            var results = Run(TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(LatencyReport.FormatJson(Job, results));
            }
            else
            {
                LatencyReport.WriteText(Job, results, output);
            }
        });
        return command;
    }

    private static List<LatencyResult> Run(TimeSpan length)
    {
        var block = JsonLines.Create(JsonLines.EventsPerMinute, PipelineComparison.Seed);
        var part = length < LongestPart ? length : LongestPart;
        var warmUp = length / 4 < LongestPart ? length / 4 : LongestPart;
        List<LatencyResult> results = [];
        foreach (var lanes in new[] { 1, 2 })
        {
            LatencyEngine engine = new(lanes, block);
            var maximum = Maximum(engine.Maximum, part);
            results.Add(Measured(engine.Name, maximum, maximum / 2, rate => (engine.Delays(rate, length, warmUp), 0)));
        }

        ChannelBaseline channel = new(block);
        var most = Maximum(channel.Maximum, part);
        results.Add(Measured("channel", most, most / 2, rate => channel.Delays(rate, length, warmUp)));
        results.Add(Measured("channel-same-rate", most, results[0].PerSecond, rate => channel.Delays(rate, length, warmUp)));
        results.Add(Measured("idle", null, results[0].PerSecond, rate => (IdleBaseline.RunAsync(rate, length, warmUp).GetAwaiter().GetResult(), 0)));
        return results;
    }

    // The first run is a warm-up as well, and the median leaves it out unless it does as well as the others.
    private static double Maximum(Func<TimeSpan, double> run, TimeSpan part) => Median.Of([run(part), run(part), run(part)]);

    private static LatencyResult Measured(string name, double? maximum, double perSecond, Func<double, (DelayHistogram Delays, long Uncounted)> run)
    {
        // Nobody pays for the garbage of the one before.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using GcPauses pauses = new();
        var (delays, uncounted) = run(perSecond);
        return new LatencyResult(name, maximum, perSecond, delays, uncounted, pauses.Collections, pauses.TotalMs, pauses.LongestMs);
    }
}
