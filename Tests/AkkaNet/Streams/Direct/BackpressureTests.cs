using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

/// <summary>An endless input in front of something slow: what is read, and so what is held, stays below a bound.</summary>
public sealed class BackpressureTests() : ActorTestKit("akka.loglevel = OFF\nakka.stdout-loglevel = OFF")
{
    // The queue behind the reader, one in each of the six steps, what the operators of the test hold, and one on its way.
    private const int MostBatches = 2 + 6 + 4 + 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DirectHarness _harness = new();
    private long _read;

    [Fact]
    public async Task Slow_steps_hold_few_batches()
    {
        var first = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var batches = 0;
        // All in one hour, so that the reader's loop waits for no window.
        var lines = Lines().Select(line => line with { Text = DirectHarness.Visit(line.Offset % 50) });
        var rows = _harness.Tokens(lines).Buffer(2, OverflowStrategy.Backpressure).SelectAsync(1, async batch =>
        {
            // Controls go through, so that the run begins, and what is held is a batch.
            if (batch.HasRows && ++batches > 5)
            {
                first.TrySetResult();
                await gate.Task;
            }

            return batch;
        });
        var run = DirectHarness.Query(rows).ToMaterialized(ReleaseSinks.Store(), Keep.Right).Run(Sys.Materializer());
        await first.Task.WaitAsync(Patience);

        await UntilQuietAsync(run);

        Assert.InRange(run.Run!.Pool.Outstanding, 1, MostBatches);
        Assert.InRange(_read, 1, (MostBatches + 5 + 2) * EventBatch.Capacity);
        run.KillSwitch.Shutdown();
        gate.SetResult();
        Assert.True((await run.Completion.WaitAsync(Patience)).Interrupted);
        Assert.Equal(0, run.Run!.Pool.Outstanding);
    }

    [Fact]
    public async Task A_slow_sink_holds_up_the_reading()
    {
        var first = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var slow = Flow.Create<Release>().SelectAsync(1, async release =>
        {
            first.TrySetResult();
            await gate.Task;
            return release;
        });
        var (run, _) = _harness.Visitors(Lines()).ToMaterialized(ReleaseSinks.Via(slow), Keep.Right).Run(Sys.Materializer());
        await first.Task.WaitAsync(Patience);

        await UntilQuietAsync(run);

        // Windows are published where the reader's loop waits, so all batches have gone through; lines wait for two.
        Assert.Equal(0, run.Run!.Pool.Outstanding);
        Assert.True(_read - run.Topology().RowsRead <= 2 * EventBatch.Capacity);
        run.KillSwitch.Shutdown();
        gate.SetResult();
        Assert.True((await run.Completion.WaitAsync(Patience)).Interrupted);
    }

    private Source<InputLine, Akka.NotUsed> Lines() => Source.From(DirectHarness.Endless()).Select(line =>
    {
        Interlocked.Increment(ref _read);
        return line;
    });

    // Messages to and fro instead of time: what still could move has moved by then.
    private async Task UntilQuietAsync(DirectRun run)
    {
        var echo = Sys.ActorOf(Props.Create(() => new Echo()));
        var before = (-1L, -1L, -1L);
        for (var now = State(run); now != before;)
        {
            before = now;
            for (var i = 0; i < 2000; i++)
            {
                await echo.Ask<int>(i, Patience);
            }

            now = State(run);
        }
    }

    private (long, long, long) State(DirectRun run) => (Interlocked.Read(ref _read), run.Topology().RowsRead, run.Run!.Pool.Outstanding);

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }
}
