using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Supervision;
using Akka.TestKit;
using AkkaPrivacy.AkkaNet.Streams;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Tests.Support;
using Xunit;
using Rows = AkkaPrivacy.AkkaNet.Streams.Signal<AkkaPrivacy.Engine.Batches.EventBatch>;

namespace AkkaPrivacy.Tests.AkkaNet.Streams;

public sealed class StageHostTests() : ActorTestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly BatchPool _pool = new();
    private readonly DeadLetters _deadLetters = new();
    private readonly List<string> _calls = [];

    [Fact]
    public async Task Elements_pass_and_the_stage_is_completed_once()
    {
        var passed = await RunAsync(Deciders.StoppingDecider, 1, 2, 3);

        Assert.Equal([1, 2, 3], passed);
        Assert.Equal(["start", "complete"], _calls);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task Stop_fails_the_stream_without_quoting_a_row()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(Deciders.StoppingDecider, 1, -2, 3));

        Assert.IsType<StageFailedException>(failure.GetBaseException());
        Assert.DoesNotContain("example.org", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(["start", "fail"], _calls);
    }

    [Fact]
    public async Task Resume_reports_the_rows_of_the_batch_by_position()
    {
        var passed = await RunAsync(Deciders.ResumingDecider, 1, -2, 3);

        Assert.Equal([1, 3], passed);
        Assert.Equal(["start", "complete"], _calls);
        Assert.Equal(2, _deadLetters.Counts[DeadLetterReason.StageError]);
        Assert.Equal([20L, 21L], _deadLetters.Samples.Select(letter => letter.Position));
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task Restart_starts_a_fresh_stage()
    {
        var passed = await RunAsync(Deciders.RestartingDecider, 1, -2, 3);

        Assert.Equal([1, 3], passed);
        Assert.Equal(["start", "fail", "start", "complete"], _calls);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public async Task A_timer_tells_the_stage_that_nothing_comes()
    {
        var idle = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var hosted = HostedRows.Of(() => new Recorder(_calls, idle), Context) with { Started = _ => started.TrySetResult() };
        var stop = Source.Maybe<Rows>()
            .Via(new StageHost<EventBatch, EventBatch>(hosted, "recorder").WithAttributes(HostAttributes.IdleAfter(TimeSpan.FromSeconds(1))))
            .To(Sink.Ignore<Rows>())
            .Run(Sys.Materializer());
        await started.Task.WaitAsync(Patience);

        // The timer is scheduled by the same message that started the stage, so the clock is moved until it strikes.
        while (!idle.Task.IsCompleted)
        {
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        stop.TrySetResult(default);
        Assert.Equal("idle", _calls[1]);
    }

    private async Task<IReadOnlyList<int>> RunAsync(Decider decider, params int[] batches)
    {
        var stopped = new TaskCompletionSource();
        var passed = new List<int>();
        var hosted = HostedRows.Of(() => new Recorder(_calls), Context) with { Stopped = () => stopped.TrySetResult() };
        var host = new StageHost<EventBatch, EventBatch>(hosted, "recorder").WithAttributes(ActorAttributes.CreateSupervisionStrategy(decider));
        var end = Source.From(batches).Select(Batch).Via(host).RunForeach(
            signal =>
            {
                passed.Add(signal.Element!.Partition);
                signal.Release();
            },
            Sys.Materializer());
        await stopped.Task.WaitAsync(Patience);
        await end.WaitAsync(Patience);
        return passed;
    }

    private Rows Batch(int number)
    {
        var batch = _pool.RentBatch();
        batch.Partition = number;
        batch.FirstPosition = Math.Abs(number) * 10;
        batch.SelectAll(2);
        return Rows.Of(batch);
    }

    private StageContext Context() =>
        new LaneContext(TimeProvider.System, CryptoRandomSource.Instance, new InMemoryKeyRing(), _pool, _deadLetters).ForStage("recorder", 0);

    private sealed class Recorder(List<string> calls, TaskCompletionSource? idle = null) : RowStage
    {
        public override void Start(StageContext context)
        {
            base.Start(context);
            calls.Add("start");
        }

        public override void OnIdle(IOutlet<EventBatch> outlet)
        {
            calls.Add("idle");
            idle?.TrySetResult();
        }

        public override void Complete(IOutlet<EventBatch> outlet) => calls.Add("complete");

        public override void Fail(Exception cause) => calls.Add("fail");

        protected override void Process(EventBatch batch)
        {
            if (batch.Partition < 0)
            {
                throw new InvalidOperationException("user-1@example.org");
            }
        }
    }
}
