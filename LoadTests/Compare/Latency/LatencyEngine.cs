using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>The pipeline of <c>compare pipeline</c> over rows that arrive by a schedule, with windows of a second, which
/// are released, charged and stored while rows go on arriving.</summary>
/// <param name="lanes">Lanes to run in.</param>
/// <param name="block">Lines to take rows from.</param>
internal sealed class LatencyEngine(int lanes, byte[] block)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private static int _runs;

    public string Name => lanes == 1 ? "akkaprivacy" : $"akkaprivacy-{lanes}-lanes";

    /// <summary>Runs as fast as it goes.</summary>
    /// <param name="length">How long rows are there.</param>
    /// <returns>Rows a second.</returns>
    public double Maximum(TimeSpan length)
    {
        ArrivalSchedule schedule = new(double.PositiveInfinity, length, TimeSpan.Zero);
        var rows = Run(schedule, new DelayMeter(schedule));
        return rows / schedule.Elapsed.TotalSeconds;
    }

    /// <summary>Runs while rows arrive at a rate.</summary>
    /// <param name="perSecond">The rate.</param>
    /// <param name="length">How long, the warm-up included.</param>
    /// <param name="warmUp">The warm-up.</param>
    /// <returns>The delays.</returns>
    public DelayHistogram Delays(double perSecond, TimeSpan length, TimeSpan warmUp)
    {
        ArrivalSchedule schedule = new(perSecond, length, warmUp);
        DelayMeter meter = new(schedule);
        Run(schedule, meter);
        return meter.Delays();
    }

    private long Run(ArrivalSchedule schedule, DelayMeter meter)
    {
        var options = new EmbeddedRuntimeOptions
        {
            Store = ComparisonStore.Shared,
            Ledger = new BudgetLedger(TimeProvider.System),
            Outbox = new OutboxReader(),
            Keys = new EnginePipeline.FixedKey(),
            Lanes = meter.Lanes,
        };
        var name = $"latency-{lanes}-{Interlocked.Increment(ref _runs)}";
        var graph = EnginePipeline.Graph(() => new PacedLineSource(schedule, block), lanes, name, Window, lateness: TimeSpan.Zero);
        var summary = graph.Run(new EmbeddedRuntime(options)).GetAwaiter().GetResult();
        return summary is { Withheld: [], DeadLetters.Count: 0 }
            ? summary.RowsRead
            : throw new InvalidOperationException($"{summary.Withheld.Count} windows were withheld and {summary.DeadLetters.Values.Sum()} rows left out.");
    }
}
