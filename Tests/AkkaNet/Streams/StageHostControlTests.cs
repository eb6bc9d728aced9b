using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Supervision;
using AkkaPrivacy.AkkaNet.Streams;
using AkkaPrivacy.AkkaNet.Streams.Lanes;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Tests.Support;
using Xunit;
using Rows = AkkaPrivacy.AkkaNet.Streams.Signal<AkkaPrivacy.Engine.Batches.EventBatch>;

namespace AkkaPrivacy.Tests.AkkaNet.Streams;

public sealed class StageHostControlTests() : ActorTestKit("""
    akka.loglevel = OFF
    akka.stdout-loglevel = OFF
    apart { type = ForkJoinDispatcher, throughput = 10, dedicated-thread-pool { thread-count = 1 } }
    """)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly BatchPool _pool = new();
    private readonly List<long> _counts = [];
    private readonly List<string> _ends = [];
    private string? _thread;

    [Fact]
    public async Task Restart_takes_up_the_last_snapshot()
    {
        // Two batches, a snapshot, one batch more and one that fails: the fresh stage has counted two.
        await RunAsync(Deciders.RestartingDecider, Batch(1), Batch(2), Snapshot(), Batch(3), Batch(-4), Batch(5));

        Assert.Equal([1, 2, 3, 3], _counts);
        Assert.Equal(["fail", "complete"], _ends);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task A_control_that_fails_stops_the_stream_whatever_the_decider_says()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(Deciders.ResumingDecider, Batch(1), Rows.Of(new FailingControl()), Batch(2)));

        Assert.IsType<StageFailedException>(failure.GetBaseException());
        Assert.DoesNotContain("example.org", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(["fail"], _ends);
    }

    [Theory]
    [InlineData(false, "complete")]
    [InlineData(true, "fail")]
    public async Task A_kill_switch_ends_the_stage_once(bool aborts, string expected)
    {
        var stopped = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var hosted = Hosted() with { Started = _ => started.TrySetResult(), Stopped = () => stopped.TrySetResult() };
        var kill = Source.Maybe<Rows>().ViaMaterialized(KillSwitches.Single<Rows>(), Keep.Right)
            .Via(new StageHost<EventBatch, EventBatch>(hosted, "counter"))
            .To(Sink.Ignore<Rows>()).Run(Sys.Materializer());
        await started.Task.WaitAsync(Patience);

        if (aborts)
        {
            kill.Abort(new InvalidOperationException("a reason"));
        }
        else
        {
            kill.Shutdown();
        }

        await stopped.Task.WaitAsync(Patience);
        Assert.Equal([expected], _ends);
    }

    [Fact]
    public async Task Attributes_set_the_dispatcher()
    {
        await RunAsync(Deciders.StoppingDecider, Batch(1));
        Assert.DoesNotContain("apart", _thread ?? string.Empty, StringComparison.Ordinal);

        await Source.Single(Batch(2))
            .Via(Flow.FromGraph(new StageHost<EventBatch, EventBatch>(Hosted(), "counter")).WithAttributes(ActorAttributes.CreateDispatcher("apart")).Async())
            .RunForeach(signal => signal.Release(), Sys.Materializer()).WaitAsync(Patience);
        Assert.Contains("apart", _thread, StringComparison.Ordinal);
    }

    private static Rows Snapshot() => Rows.Of(new BarrierControl(1, new LaneBarrier(null, Snapshot: true)));

    private async Task RunAsync(Decider decider, params Rows[] signals)
    {
        var stopped = new TaskCompletionSource();
        var hosted = Hosted() with { Stopped = () => stopped.TrySetResult() };
        var end = Source.From(signals)
            .Via(new StageHost<EventBatch, EventBatch>(hosted, "counter").WithAttributes(ActorAttributes.CreateSupervisionStrategy(decider)))
            .RunForeach(signal => signal.Release(), Sys.Materializer());
        await stopped.Task.WaitAsync(Patience);
        await end.WaitAsync(Patience);
    }

    private HostedStage<EventBatch, EventBatch> Hosted() => HostedRows.Of(
        () => new Counter(this),
        () => new LaneContext(TimeProvider.System, CryptoRandomSource.Instance, new InMemoryKeyRing(), _pool, new DeadLetters()).ForStage("counter", 0));

    private Rows Batch(int number)
    {
        var batch = _pool.RentBatch();
        batch.Partition = number;
        batch.SelectAll(1);
        return Rows.Of(batch);
    }

    private sealed class FailingControl : Control
    {
        public override void Apply(IStageLink link, int branch) => link.OnIdle();
    }

    /// <summary>Counts batches over restarts.</summary>
    private sealed class Counter(StageHostControlTests test) : RowStage
    {
        private long _count;

        public override void OnIdle(IOutlet<EventBatch> outlet) => throw new InvalidOperationException("user-1@example.org");

        public override void Snapshot(SnapshotWriter writer) => writer.Write(_count);

        public override void Restore(SnapshotReader reader) => _count = reader.ReadInt64();

        public override void Complete(IOutlet<EventBatch> outlet) => test._ends.Add("complete");

        public override void Fail(Exception cause) => test._ends.Add("fail");

        protected override void Process(EventBatch batch)
        {
            test._thread = Thread.CurrentThread.Name;
            if (batch.Partition < 0)
            {
                throw new InvalidOperationException("user-1@example.org");
            }

            test._counts.Add(++_count);
        }
    }
}
