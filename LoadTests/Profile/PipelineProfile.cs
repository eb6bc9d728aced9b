using System.Diagnostics;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Profile;

/// <summary>Where the time of an event goes in the job of <c>compare pipeline</c>.</summary>
/// <param name="Events">Events of a pass.</param>
/// <param name="WallNs">Time per event of the pass, start and end included.</param>
/// <param name="SourceNs">Processor time per event of reading and cutting lines.</param>
/// <param name="OtherNs">Processor time per event outside of source and stages, of all threads: starting and ending the run, queues,
/// releases and the store.</param>
/// <param name="Stages">The stages in order of flow, all lanes together.</param>
internal sealed record PipelineProfile(long Events, double WallNs, double SourceNs, double OtherNs, IReadOnlyList<StageTime> Stages)
{
    private static readonly ThreadClock Clock = new();
    private static int _passes;

    /// <summary>Processor time per event, of all threads.</summary>
    public double ProcessorNs => SourceNs + OtherNs + Stages.Sum(stage => stage.NsPerEvent);

    /// <summary>Measures passes in one lane and in two, in turn, and takes for each figure the least of them: what disturbs a
    /// pass only adds to it.</summary>
    /// <param name="lines">The events.</param>
    /// <param name="events">How many.</param>
    /// <param name="time">About how long to measure, warm-up aside.</param>
    /// <returns>The profiles.</returns>
    public static (PipelineProfile One, PipelineProfile Two) Measure(ReadOnlyMemory<byte> lines, int events, TimeSpan time)
    {
        const int WarmUp = 3;
        for (var pass = 0; pass < WarmUp; pass++)
        {
            Pass(lines, events, 1);
            Pass(lines, events, 2);
        }

        var start = Stopwatch.GetTimestamp();
        var (one, two) = (Pass(lines, events, 1), Pass(lines, events, 2));
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            (one, two) = (one.Least(Pass(lines, events, 1)), two.Least(Pass(lines, events, 2)));
        }

        return (one, two);
    }

    /// <summary>The least of each figure.</summary>
    /// <param name="other">Another pass over the same events.</param>
    /// <returns>A profile.</returns>
    public PipelineProfile Least(PipelineProfile other) => this with
    {
        WallNs = Math.Min(WallNs, other.WallNs),
        SourceNs = Math.Min(SourceNs, other.SourceNs),
        OtherNs = Math.Min(OtherNs, other.OtherNs),
        Stages = [.. Stages.Zip(other.Stages, (a, b) => a with { NsPerEvent = Math.Min(a.NsPerEvent, b.NsPerEvent) })],
    };

    private static PipelineProfile Pass(ReadOnlyMemory<byte> lines, int events, int lanes) =>
        Pass(new MemoryLineSource("events", lines), events, open => Graph(open, lanes));

    private static RunnableGraph<Task<RunSummary>> Graph(Func<IEventSource> open, int lanes)
    {
        var graph = EnginePipeline.Graph(open, lanes, $"profile-{lanes}-{NextPass()}");
        return graph.WithSettings(graph.Graph.Settings with { CheckpointInterval = TimeSpan.FromDays(1) });
    }

    /// <summary>A number that no other pass has, for names of pipelines: what was released before would be left as it is.</summary>
    /// <returns>The number.</returns>
    public static int NextPass() => Interlocked.Increment(ref _passes);

    /// <summary>Does one pass.</summary>
    /// <param name="lines">The events.</param>
    /// <param name="events">How many.</param>
    /// <param name="graph">Makes the graph over the source.</param>
    /// <returns>The profile of the pass.</returns>
    public static PipelineProfile Pass(IEventSource lines, int events, Func<Func<IEventSource>, RunnableGraph<Task<RunSummary>>> graph)
    {
        var source = new TimedSource(lines, Clock);
        var options = new EmbeddedRuntimeOptions
        {
            Store = ComparisonStore.Shared,
            Ledger = new BudgetLedger(TimeProvider.System),
            Outbox = new OutboxReader(),
            Keys = new EnginePipeline.FixedKey(),
            Time = Clock,
        };
        var runnable = graph(() => source);
        var processor = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var run = new EmbeddedRuntime(options).Materialize(runnable.Graph);
        run.Completion.GetAwaiter().GetResult();
        var wall = Stopwatch.GetElapsedTime(start);
        processor = Environment.CpuUsage.TotalTime - processor;
        var stages = StageTimes(run.Topology(), events);
        var reading = source.BusyNs / events;
        var outside = (processor.TotalNanoseconds / events) - reading - stages.Sum(stage => stage.NsPerEvent);
        return new PipelineProfile(events, wall.TotalNanoseconds / events, reading, outside, stages);
    }

    private static List<StageTime> StageTimes(TopologySnapshot topology, long events) =>
    [
        .. topology.Stages.GroupBy(stage => stage.Name).Select(lanes => new StageTime(
            lanes.Key,
            lanes.Sum(stage => stage.RowsIn) / (double)events,
            lanes.Sum(stage => stage.RowsIn) / (double)Math.Max(1, lanes.Sum(stage => stage.Batches)),
            lanes.Sum(stage => stage.BusySeconds) * 1e9 / events)),
    ];
}

/// <summary>A stage's part.</summary>
/// <param name="Name">The stage.</param>
/// <param name="RowsPerEvent">Rows that it takes for each event read.</param>
/// <param name="RowsPerBatch">Rows in a batch, on average.</param>
/// <param name="NsPerEvent">Processor time inside the stage per event read.</param>
internal sealed record StageTime(string Name, double RowsPerEvent, double RowsPerBatch, double NsPerEvent)
{
    /// <summary>Processor time inside the stage per row that it takes.</summary>
    public double NsPerRow => RowsPerEvent == 0 ? 0 : NsPerEvent / RowsPerEvent;
}
