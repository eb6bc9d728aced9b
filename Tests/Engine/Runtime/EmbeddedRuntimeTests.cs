using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Runtime.RuntimeFixture;

namespace AkkaPrivacy.Tests.Engine.Runtime;

public sealed class EmbeddedRuntimeTests
{
    private readonly RuntimeFixture _fixture = new();

    [Fact]
    public async Task A_second_run_on_the_same_store_spends_nothing_and_one_that_reads_again_replays()
    {
        Assert.Equal(4, (await _fixture.RunAsync(Graph())).Released);
        Assert.Equal([(0, 10), (1, 10), (2, 10), (3, 10)], _fixture.Truth);
        var again = await _fixture.RunAsync(Graph());
        var anew = await _fixture.RunAsync(Graph(), Settings() with { Resume = false });
        Assert.Equal((0, 0, 0, 4), (again.Released, again.Replayed, anew.Released, anew.Replayed));
        Assert.Equal((0, RuntimeFixture.Rows), (again.RowsRead, anew.RowsRead));
    }

    [Fact]
    public async Task A_spent_budget_withholds_and_a_grant_releases_at_the_next_start()
    {
        var summary = await _fixture.RunAsync(Graph(), Settings(epsilon: 2));
        Assert.Equal((2, 2), (summary.Released, summary.Withheld.Count));
        Assert.All(summary.Withheld, withheld => Assert.Equal(RefusalCode.BudgetExceeded, withheld.Refusal.Code));
        Assert.Equal(2, (await _fixture.RunAsync(Graph(), Settings(epsilon: 2))).Withheld.Count);
        Assert.Null(await _fixture.Store.TransactAsync(tx => _fixture.Ledger.GrantAsync(tx, "a/b", RuntimeFixture.Start, PrivacyCost.Pure(1), "more is needed")));
        var granted = await _fixture.RunAsync(Graph(), Settings(epsilon: 2));
        Assert.Equal((1, 1), (granted.Released, granted.Withheld.Count));
        Assert.All(_fixture.Truth, truth => Assert.Equal(10, truth.Users));
    }

    [Fact]
    public async Task A_second_owner_fences_the_first_which_writes_nothing_more()
    {
        using var gate = new GatedSource();
        var first = _fixture.RunAsync(gate.Lines.ToGraph());
        await gate.Reading;
        Assert.Equal(4, (await _fixture.RunAsync(Graph())).Released);
        var before = await StoredAsync();
        gate.Open();
        await Assert.ThrowsAsync<FencedException>(() => first);
        Assert.Equal(before, await StoredAsync());
    }

    [Fact]
    public async Task State_of_another_key_is_refused_and_nothing_is_changed()
    {
        await _fixture.RunAsync(Graph(), Settings(epsilon: 2));
        var before = await StoredAsync();
        var other = Graph().WithSettings(Settings(epsilon: 2)).Run(new EmbeddedRuntime(new EmbeddedRuntimeOptions
        {
            Store = _fixture.Store,
            Ledger = _fixture.Ledger,
            Outbox = new OutboxReader(),
            Keys = new Support.InMemoryKeyRing("another"),
        }));
        Assert.Contains("key", (await Assert.ThrowsAsync<PipelineException>(() => other)).Message, StringComparison.Ordinal);
        Assert.Equal(before, await StoredAsync());
        Assert.Equal(1, await _fixture.Store.TransactAsync(async tx => await tx.AcquireEpochAsync("pipeline/site") - 1));
    }

    [Fact]
    public async Task Graphs_materialise_kill_switch_and_completion_and_branch()
    {
        var (killSwitch, completion) = RuntimeFixture.Tokens
            .AlsoTo(Query("branch").To(Sink.Store()))
            .ViaMaterialized(KillSwitches.Single<TokenizedRows>(), Keep.Right)
            .Via(Query())
            .ToMaterialized(Sink.Store(), Keep.Both)
            .WithSettings(Settings())
            .Run(_fixture.Runtime);
        var summary = await completion;
        Assert.Equal(8, summary.Released);
        killSwitch.Shutdown();
        killSwitch.Abort(new InvalidOperationException());
    }

    [Fact]
    public async Task A_pipeline_that_is_stopped_before_it_starts_ends_as_interrupted()
    {
        using var gate = new GatedSource(atOpen: true);
        var (killSwitch, completion) = gate.Lines.ToKillable().WithSettings(Settings()).Run(_fixture.Runtime);
        await gate.Reading;
        killSwitch.Shutdown();
        Assert.True((await completion).Interrupted);
        Assert.Equal(4, (await _fixture.RunAsync(Graph())).Released);
    }

    [Fact]
    public async Task An_abort_fails_the_run_with_its_cause()
    {
        using var gate = new GatedSource();
        var (killSwitch, completion) = gate.Lines.ToKillable().WithSettings(Settings()).Run(_fixture.Runtime);
        await gate.Reading;
        var cause = new InvalidOperationException("enough");
        killSwitch.Abort(cause);
        Assert.Same(cause, (await Assert.ThrowsAsync<PipelineException>(() => completion)).InnerException);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_stage_that_buffers_is_asked_for_its_rows_before_windows_fire(int lanes)
    {
        var summary = await _fixture.RunAsync(RuntimeFixture.Tokens.Via(Flow.FromOperator(new Buffering())).Via(Query()).ToMaterialized(Sink.Store(), Keep.Right), Settings() with { Lanes = lanes });
        Assert.Equal(4, summary.Released);
        Assert.Equal([(0, 10), (1, 10), (2, 10), (3, 10)], _fixture.Truth);
    }

    [Fact]
    public async Task Stored_state_keeps_its_number_of_lanes_and_says_so()
    {
        await _fixture.RunAsync(Graph(), Settings() with { Lanes = 3 });
        var summary = await _fixture.RunAsync(Graph(), Settings() with { Lanes = 2 });
        Assert.Contains("3 lanes", Assert.Single(summary.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_topology_shows_stages_queues_and_how_far_windows_have_fired()
    {
        var run = _fixture.Runtime.Materialize(Graph().WithSettings(Settings() with { Lanes = 2, QueueCapacity = 3 }).Graph);
        await run.Completion;
        var topology = run.Topology();
        Assert.Equal(("site", "completed", RuntimeFixture.Rows), (topology.Pipeline, topology.State, topology.RowsRead));
        Assert.Equal(["parse-json", "arrival", "treat:user", "window:users"], topology.Stages.Select(stage => stage.Name).Distinct());
        Assert.Equal(RuntimeFixture.Rows, topology.Stages.Where(stage => stage.Name == "window:users").Sum(stage => stage.RowsIn));
        Assert.Equal(["rows", "subjects/0", "subjects/1"], topology.Queues.Select(queue => queue.Name));
        Assert.Equal([(0, 8), (0, 8), (0, 8)], topology.Queues.Select(queue => (queue.Depth, queue.Capacity)));
        Assert.Equal(RuntimeFixture.Start + 4 * 3_600_000, topology.FiredUpTo!.Value.ToUnixTimeMilliseconds());
    }

    private async Task<string> StoredAsync() => await _fixture.Store.TransactAsync(async tx =>
    {
        var rows = new List<string>();
        foreach (var table in new[] { "releases", "outbox", "outbox-cursors", "checkpoints", "checkpoint-states", "withheld" })
        {
            rows.AddRange((await tx.ScanAsync(table)).Select(row => $"{table} {row.Key} {Convert.ToHexString(row.Value)}"));
        }

        rows.AddRange((await tx.ReadStreamAsync("ledger/a/b")).Select(item => $"{item.Version} {item.Type} {Convert.ToHexString(item.Payload)}"));
        return string.Join('\n', rows);
    });

    /// <summary>Holds every batch back until the source has a pause.</summary>
    private sealed class Buffering : RowOperator
    {
        public override string Kind => "buffering";

        public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new BufferingStage(), "buffering", Stability.OneToOne);
    }

    private sealed class BufferingStage : Stage<EventBatch, EventBatch>
    {
        private readonly Queue<EventBatch> _held = new();

        public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet) => _held.Enqueue(element);

        public override void OnIdle(IOutlet<EventBatch> outlet)
        {
            while (_held.TryDequeue(out var batch))
            {
                outlet.Push(batch);
            }
        }
    }
}
