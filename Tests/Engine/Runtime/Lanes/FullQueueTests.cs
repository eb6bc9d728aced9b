using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime.Lanes;

/// <summary>Two lanes that stand still in the batches that they have read. Lanes do the reader's work, so nothing is read meanwhile.</summary>
public sealed class FullQueueTests : IDisposable
{
    private const int InFlight = 2;
    private readonly RuntimeFixture _fixture = new();
    private readonly RowByRowSource _source = new();
    private readonly ManualResetEventSlim _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task The_reader_waits_and_a_pause_holds_as_soon_as_there_is_room()
    {
        var run = Start();
        WaitUntilFull(run);
        run.Pause("maintenance");
        Assert.Equal("running", run.Topology().State);
        Assert.InRange(run.Topology().Queues.Sum(queue => queue.Depth), 0, InFlight);
        Assert.Equal(InFlight, _source.Reads);

        _gate.Set();
        Assert.True(SpinWait.SpinUntil(() => run.Topology().State == "paused", TimeSpan.FromSeconds(20)));
        Assert.InRange(_source.Reads, 1, InFlight + 1);
        run.Resume();
        var summary = await run.Completion;
        Assert.Equal((RuntimeFixture.Rows, 4), (summary.RowsRead, summary.Released));
        Assert.Equal([(0, 10), (1, 10), (2, 10), (3, 10)], _fixture.Truth);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_is_ended_and_the_next_one_counts_every_row_once(bool drains)
    {
        var run = Start();
        WaitUntilFull(run);
        if (drains)
        {
            run.KillSwitch.Shutdown();
        }
        else
        {
            run.KillSwitch.Abort(new InvalidOperationException("stopped"));
        }

        _gate.Set();
        if (drains)
        {
            Assert.True((await run.Completion).Interrupted);
        }
        else
        {
            await Assert.ThrowsAsync<PipelineException>(() => run.Completion);
        }

        var read = _source.Reads;
        Assert.InRange(read, 1, InFlight + 1);
        var summary = await Start().Completion;
        Assert.Equal((drains ? RuntimeFixture.Rows - read : RuntimeFixture.Rows, 4), (summary.RowsRead, summary.Released));
        Assert.Equal([(0, 10), (1, 10), (2, 10), (3, 10)], _fixture.Truth);
    }

    private IPipelineRun Start() => _fixture.Runtime.Materialize(Source.FromLines(() => _source).ParseJsonLines(Planning.Graphs.Map()).Tokenize()
        .Via(Flow.FromOperator(new ActingOperator("slow", _ => Assert.True(_gate.Wait(TimeSpan.FromSeconds(20))))))
        .Via(RuntimeFixture.Query()).ToMaterialized(Sink.Store(), Keep.Right)
        .WithSettings(RuntimeFixture.Settings() with { Lanes = 2, QueueCapacity = 1 }).Graph);

    // Each lane holds a batch.
    private void WaitUntilFull(IPipelineRun run) =>
        Assert.True(SpinWait.SpinUntil(() => _source.Reads == InFlight && !run.Completion.IsCompleted, TimeSpan.FromSeconds(20)));
}
