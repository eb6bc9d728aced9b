using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime.Supervision;

/// <summary>One of three lanes throws, under each directive.</summary>
public sealed class ThrowingLaneTests
{
    private readonly RuntimeFixture _fixture = new();
    private int _left = 1;

    [Fact]
    public async Task Stop_ends_the_run_and_the_next_one_goes_on()
    {
        var run = Start(SupervisionPolicy.Stop, _ => Trip());
        var failure = await Assert.ThrowsAsync<StageFailedException>(() => run.Completion);
        Assert.DoesNotContain("u1", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal("failed", run.Topology().State);
        await AllIsCountedAsync(Start(SupervisionPolicy.Stop, _ => Trip()));
    }

    [Fact]
    public async Task Restart_goes_back_to_the_last_checkpoint()
    {
        var run = Start(SupervisionPolicy.Restart with { MinBackoff = TimeSpan.Zero, MaxBackoff = TimeSpan.Zero }, _ => Trip());
        await AllIsCountedAsync(run);
        Assert.Equal((1, 0), (run.Topology().Restarts, ((PipelineRun)run).Pool.Outstanding));
    }

    [Fact]
    public async Task Resume_leaves_out_the_row_at_fault_alone()
    {
        var run = Start(SupervisionPolicy.Resume, batch =>
        {
            foreach (var row in batch.SelectedRows)
            {
                if (batch.FirstPosition + row == 7)
                {
                    throw new InvalidOperationException("u1");
                }
            }
        });
        var summary = await run.Completion;
        Assert.Equal(new DeadLetter(DeadLetterReason.StageError, 0, 7, "lane"), Assert.Single(summary.DeadLetterSamples));
        Assert.Equal([(0, 9), (1, 10), (2, 10), (3, 10)], _fixture.Truth);
    }

    private async Task AllIsCountedAsync(IPipelineRun run)
    {
        var summary = await run.Completion;
        Assert.Equal((RuntimeFixture.Rows, 4), (summary.RowsRead, summary.Released));
        Assert.Equal([(0, 10), (1, 10), (2, 10), (3, 10)], _fixture.Truth);
    }

    private void Trip()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            throw new InvalidOperationException("u1");
        }
    }

    private IPipelineRun Start(SupervisionPolicy policy, Action<EventBatch> act) => _fixture.Runtime.Materialize(
        Source.FromLines(() => new RowByRowSource()).ParseJsonLines(Planning.Graphs.Map()).Tokenize()
            .Via(Flow.FromOperator(new ActingOperator("lane", act) { IsRowWise = true }))
            .Via(RuntimeFixture.Query()).ToMaterialized(Sink.Store(), Keep.Right)
            .Supervise("lane", policy).WithSettings(RuntimeFixture.Settings() with { Lanes = 3 }).Graph);
}
