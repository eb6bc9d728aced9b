using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Time;

public sealed class ArrivalStageTests : IOutlet<EventBatch>
{
    private const long Minute = 60_000;
    private const long Now = 1_767_225_600_000;
    private readonly BatchPool _pool = new();
    private readonly DeadLetters _deadLetters = new();
    private readonly FrontierTracker _tracker = new(1);
    private readonly StoppedClock _clock = new();
    private int[] _left = [];

    [Fact]
    public void Late_and_early_are_judged_from_the_row_alone_at_the_exact_limits()
    {
        long[] delays = [10 * Minute, 10 * Minute + 1, -5 * Minute, -5 * Minute - 1, 0];
        Run(ArrivalMode.Field, delays.Select(delay => (Now - delay, Now)));
        Assert.Equal([0, 2, 4], _left);
        Assert.Equal((1, 1), (Counted(DeadLetterReason.Late), Counted(DeadLetterReason.Early)));
        foreach (var delay in delays)
        {
            Run(ArrivalMode.Field, [(Now - delay, Now), (Now + 400 * Minute, Now + 390 * Minute)]);
            Assert.Equal(delay <= 10 * Minute && delay >= -5 * Minute, _left.Contains(0));
        }
    }

    [Fact]
    public void Nothing_is_allocated_where_no_row_is_late()
    {
        var stage = new ArrivalStage(new PipelineSettings(), ArrivalMode.Field, _tracker) { RoundMs = Minute };
        var batch = Started(stage, Enumerable.Repeat((Now, Now), EventBatch.Capacity));
        stage.OnBatch(batch.Share(), new Discarding());
        stage.OnBatch(batch.Share(), new Discarding());
        var twin = batch.Share();
        var before = GC.GetAllocatedBytesForCurrentThread();
        stage.OnBatch(twin, new Discarding());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200);
        batch.Dispose();
    }

    [Fact]
    public void No_row_is_late_where_the_event_time_is_the_servers_clock_and_the_frontier_follows_it()
    {
        Run(ArrivalMode.EventTime, Enumerable.Range(0, 10).Select(i => (Now + i * Minute, Now - 5000 * Minute)));
        Assert.Equal(10, _left.Length);
        Assert.Equal(Now + 9 * Minute, _tracker.Frontier);
    }

    [Fact]
    public void Ingest_stamps_with_the_clock()
    {
        var clock = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        Run(ArrivalMode.Ingest, Enumerable.Repeat((clock, 0L), 9).Append((clock - 11 * Minute, 0L)));
        Assert.Equal(9, _left.Length);
        Assert.Equal(clock, _tracker.Frontier);
    }

    [Fact]
    public void Rows_outside_the_declared_range_are_taken_out_but_their_stamps_count()
    {
        var range = new TimeWindow(Now, Now + Minute);
        Run(ArrivalMode.EventTime, [(Now - 1, 0), (Now, 0), (Now + Minute - 1, 0), .. Enumerable.Repeat((Now + Minute, 0L), 9)], range);
        Assert.Equal([1, 2], _left);
        Assert.Equal(10, Counted(DeadLetterReason.TimeOutOfRange));
        Assert.Equal(Now + Minute, _tracker.Frontier);
    }

    [Fact]
    public void A_wild_stamp_among_others_moves_nothing_and_days_between_rows_do()
    {
        Run(ArrivalMode.EventTime, Enumerable.Range(0, 40).Select(i => (i == 20 ? Now * 2 : Now + i * Minute, 0L)));
        Assert.Equal((Now, Now + 39 * Minute), _tracker.Range);
        Run(ArrivalMode.EventTime, Enumerable.Range(1, 10).Select(i => (Now + i * 4000 * Minute, 0L)), first: 41);
        Assert.Equal(Now + 9 * 4000 * Minute, _tracker.Frontier);
    }

    void IOutlet<EventBatch>.Push(EventBatch element)
    {
        _left = element.ReadSelected();
        element.Dispose();
        Assert.Equal(0, _pool.Outstanding);
    }

    private long Counted(DeadLetterReason reason) => _deadLetters.Counts.GetValueOrDefault(reason);

    private sealed class Discarding : IOutlet<EventBatch>
    {
        public void Push(EventBatch element) => element.Dispose();
    }

    private void Run(ArrivalMode mode, IEnumerable<(long Time, long Arrival)> rows, TimeWindow? range = null, long first = 1)
    {
        var stage = new ArrivalStage(new PipelineSettings { TimeRange = range }, mode, _tracker);
        stage.OnBatch(Started(stage, rows, first), this);
    }

    private EventBatch Started(ArrivalStage stage, IEnumerable<(long Time, long Arrival)> rows, long first = 1)
    {
        stage.Start(new StageContext
        {
            Name = "arrival",
            Time = _clock,
            Randomness = new SeededRandomSource(1),
            Keys = new InMemoryKeyRing(),
            Pool = _pool,
            DeadLetters = _deadLetters,
            Metrics = new StageMetrics(),
        });
        var batch = _pool.RentBatch();
        batch.Partition = 0;
        batch.FirstPosition = first;
        var all = rows.ToList();
        batch.SelectAll(all.Count);
        batch.WithInt64(RowSchema.Empty, "$time", [.. all.Select(row => row.Time)]);
        batch.WithInt64(RowSchema.Empty, "$arrival", [.. all.Select(row => row.Arrival)]);
        return batch;
    }
}
