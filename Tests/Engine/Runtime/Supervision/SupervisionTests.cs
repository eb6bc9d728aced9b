using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Runtime.RuntimeFixture;

namespace AkkaPrivacy.Tests.Engine.Runtime.Supervision;

public sealed class SupervisionTests
{
    private static readonly SupervisionPolicy AtOnce = SupervisionPolicy.Restart with { MinBackoff = TimeSpan.Zero, MaxBackoff = TimeSpan.Zero };
    private readonly RuntimeFixture _fixture = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_stage_that_restarts_loses_nothing_and_releases_nothing_twice(int lanes)
    {
        var left = 2;
        var graph = Through(new Custom("flaky", batch => { if (Interlocked.Decrement(ref left) >= 0) { throw new InvalidOperationException("u1"); } }));
        var run = _fixture.Runtime.Materialize(graph.Supervise("flaky", AtOnce).WithSettings(Settings() with { Lanes = lanes }).Graph);
        var summary = await run.Completion;
        Assert.Equal((RuntimeFixture.Rows, 4, 0), (summary.RowsRead, summary.Released, summary.Replayed));
        Assert.Equal([(0, 10), (1, 10), (2, 10), (3, 10)], _fixture.Truth);
        Assert.InRange(run.Topology().Restarts, 1, 2);
    }

    [Fact]
    public async Task A_stage_that_fails_once_more_than_its_restarts_fails_the_run_which_says_how_often()
    {
        var calls = 0;
        var graph = Through(new Custom("broken", batch => { calls++; throw new InvalidOperationException("u1"); }));
        var run = _fixture.Runtime.Materialize(graph.Supervise("stages", AtOnce with { MaxRestarts = 3 }).WithSettings(Settings()).Graph);
        var failure = await Assert.ThrowsAsync<StageFailedException>(() => run.Completion);
        Assert.Equal((4, 3), (calls, failure.Data[AkkaPrivacy.Engine.Runtime.Supervision.Supervisor.RestartsKey]));
        Assert.Equal(("failed", "stage 'broken' failed with InvalidOperationException"), (run.Topology().State, run.Topology().Reason));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public async Task A_stage_that_resumes_leaves_out_the_row_at_fault_and_no_other(int failsOn)
    {
        var graph = Through(new Custom("picky", batch =>
        {
            foreach (var row in batch.SelectedRows)
            {
                if ((batch.FirstPosition + row) % 40 == failsOn % 40)
                {
                    throw new InvalidOperationException("a row");
                }
            }
        })
        { IsRowWise = true });
        var summary = await _fixture.RunAsync(graph.Supervise("picky", SupervisionPolicy.Resume));
        Assert.Equal(new DeadLetter(DeadLetterReason.StageError, 0, failsOn, "picky"), Assert.Single(summary.DeadLetterSamples));
        Assert.Equal(RuntimeFixture.Rows - 1, _fixture.Truth.Sum(window => window.Users));
    }

    [Fact]
    public async Task A_failure_that_is_no_rows_stops_a_stage_that_resumes()
    {
        var graph = Through(new Custom("whole", batch => { if (batch.SelectedCount > 1) { throw new InvalidOperationException(); } }) { IsRowWise = true });
        await Assert.ThrowsAsync<StageFailedException>(() => _fixture.RunAsync(graph.Supervise("whole", SupervisionPolicy.Resume)));
        Assert.Empty(_fixture.Truth);
    }

    [Fact]
    public void Only_row_stages_that_judge_rows_by_themselves_may_resume_and_names_must_exist()
    {
        var graph = Through(new Custom("custom", _ => { }))
            .Supervise("custom", SupervisionPolicy.Resume)
            .Supervise("window:users", SupervisionPolicy.Resume)
            .Supervise("sinks", SupervisionPolicy.Resume)
            .Supervise("nobody", SupervisionPolicy.Restart)
            .Supervise("source", SupervisionPolicy.Restart with { MaxRestarts = 0, Within = TimeSpan.Zero, MinBackoff = TimeSpan.FromHours(2) })
            .WithSettings(Settings()).Graph;
        var errors = Assert.Throws<PlanException>(() => PipelinePlanner.Plan(graph)).Errors;
        Assert.Equal(["custom", "nobody", "sinks", "source", "source", "source", "window:users"], errors.Select(error => error.Place["supervision.".Length..]));
        Assert.Equal(3, errors.Count(error => error.Message.Contains("cannot resume", StringComparison.Ordinal)));
    }

    [Fact]
    public void Supervision_changes_no_hash()
    {
        var plain = PipelinePlanner.Plan(Graph().WithSettings(Settings()).Graph);
        var supervised = PipelinePlanner.Plan(Graph().Supervise("treat:user", SupervisionPolicy.Resume).WithSettings(Settings()).Graph);
        Assert.Equal((plain.Hash, plain.Branches[0].Queries[0].Hash), (supervised.Hash, supervised.Branches[0].Queries[0].Hash));
    }

    [Fact]
    public async Task Waits_grow_and_a_shutdown_ends_them_with_the_state_kept()
    {
        var calls = 0;
        var graph = Through(new Custom("broken", _ => { calls++; throw new InvalidOperationException(); }));
        var run = _fixture.Runtime.Materialize(graph.Supervise("broken", SupervisionPolicy.Restart with { MinBackoff = TimeSpan.FromHours(1), MaxBackoff = TimeSpan.FromHours(1) }).WithSettings(Settings()).Graph);
        Assert.True(SpinWait.SpinUntil(() => run.Topology().State == "restarting", TimeSpan.FromSeconds(20)));
        run.KillSwitch.Shutdown();
        var summary = await run.Completion;
        Assert.Equal((true, 0L, 1), (summary.Interrupted, summary.RowsRead, calls));
        Assert.Equal(4, (await _fixture.RunAsync(Graph())).Released);
    }

    [Fact]
    public async Task A_superseded_run_does_not_take_the_pipeline_back_when_it_restarts()
    {
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var graph = Through(new Custom("flaky", _ =>
        {
            entered.Set();
            Assert.True(go.Wait(TimeSpan.FromSeconds(20)));
            throw new InvalidOperationException();
        }));
        var first = _fixture.RunAsync(graph.Supervise("flaky", AtOnce));
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));
        await _fixture.RunAsync(Graph());
        go.Set();
        await Assert.ThrowsAsync<FencedException>(() => first);
    }

    [Fact]
    public async Task A_sink_that_blocks_holds_back_its_publishing_and_not_the_counting()
    {
        var sink = new GatedSink();
        var run = _fixture.Runtime.Materialize(Graph(sink).WithSettings(Settings()).Graph);
        Assert.True(SpinWait.SpinUntil(() => run.Topology() is { FiredUpTo: { } fired } && fired.ToUnixTimeMilliseconds() == Start + (4 * 3_600_000), TimeSpan.FromSeconds(20)));
        Assert.True(SpinWait.SpinUntil(() => run.Topology().Sinks.SequenceEqual([new SinkSnapshot("gated", "publishing")]), TimeSpan.FromSeconds(20)));
        Assert.False(run.Completion.IsCompleted);
        sink.Open();
        Assert.Equal(4, (await run.Completion).Released);
        Assert.Equal(4, sink.Published.Distinct().Count());
    }

    [Fact]
    public async Task A_sink_that_fails_is_asked_again_and_what_it_does_not_take_stays_in_the_outbox()
    {
        var sink = new GatedSink { Failures = 3 };
        sink.Open();
        Assert.Equal(4, (await _fixture.RunAsync(Graph(sink).Supervise("sinks", AtOnce))).Released);
        Assert.Equal(4, sink.Published.Distinct().Count());

        var broken = new GatedSink("other") { Failures = 100 };
        broken.Open();
        await Assert.ThrowsAsync<SinkException>(() => _fixture.RunAsync(Graph(broken).Supervise("sinks", AtOnce)));
        broken.Failures = 0;
        Assert.Equal(0, (await _fixture.RunAsync(Graph(broken))).Released);
        Assert.Equal(4, broken.Published.Distinct().Count());
    }

    [Fact]
    public async Task A_paused_run_reads_nothing_keeps_its_state_and_goes_on_when_resumed()
    {
        using var gate = new GatedSource();
        var run = _fixture.Runtime.Materialize(gate.Lines.ToGraph().WithSettings(Settings()).Graph);
        await gate.Reading;
        run.Pause("maintenance");
        gate.Open();
        Assert.True(SpinWait.SpinUntil(() => run.Topology().State == "paused", TimeSpan.FromSeconds(20)));
        run.Pause("more maintenance");
        Assert.True(SpinWait.SpinUntil(() => run.Topology().Reason == "more maintenance", TimeSpan.FromSeconds(20)));
        Assert.Equal(_fixture.Clock.GetUtcNow(), run.Topology().Since);
        Assert.Empty(_fixture.Truth);
        Assert.Single(await _fixture.Store.TransactAsync(tx => tx.ScanAsync("checkpoints")));
        run.Resume();
        Assert.Equal(1, (await run.Completion).Released);
        Assert.Equal([(0, 1)], _fixture.Truth);
        run.Pause();
        Assert.Equal("completed", run.Topology().State);
    }

    [Fact]
    public async Task A_paused_run_can_be_shut_down()
    {
        using var gate = new GatedSource();
        var run = _fixture.Runtime.Materialize(gate.Lines.ToGraph().WithSettings(Settings()).Graph);
        await gate.Reading;
        run.Pause();
        gate.Open();
        Assert.True(SpinWait.SpinUntil(() => run.Topology().State == "paused", TimeSpan.FromSeconds(20)));
        run.KillSwitch.Shutdown();
        Assert.True((await run.Completion).Interrupted);
    }

    private static RunnableGraph<Task<RunSummary>> Through(RowOperator stage) =>
        RuntimeFixture.Tokens.Via(Flow.FromOperator(stage)).Via(Query()).ToMaterialized(Sink.Store(), Keep.Right);

    private sealed class Custom(string kind, Action<EventBatch> process) : RowOperator
    {
        public override string Kind => kind;

        public bool IsRowWise { get; init; }

        public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new CustomStage(process), kind, Stability.OneToOne) { IsRowWise = IsRowWise };
    }

    private sealed class CustomStage(Action<EventBatch> process) : RowStage
    {
        protected override void Process(EventBatch batch) => process(batch);
    }

    private sealed class GatedSink(string name = "gated") : IReleaseSink
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => name;

        public int Failures { get; set; }

        public List<string> Published { get; } = [];

        public void Open() => _gate.TrySetResult();

        public async ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
        {
            await _gate.Task.WaitAsync(cancellationToken);
            if (Failures-- > 0)
            {
                throw new SinkException("The sink is down.");
            }

            Published.AddRange(releases.Select(release => release.Id.ToString()));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
