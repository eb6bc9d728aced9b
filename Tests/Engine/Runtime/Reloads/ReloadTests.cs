using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning.Diff;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Reloads;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Runtime.Reloads.ReloadFixture;

namespace AkkaPrivacy.Tests.Engine.Runtime.Reloads;

/// <summary>Another plan takes over in the middle of the fourth of six hours.</summary>
public sealed class ReloadTests
{
    private const long Middle = 35;
    private static readonly ReloadOptions Discard = new() { DiscardOpenWindows = true };
    private readonly ReloadFixture _fixture = new();
    private readonly StoppingSource.Stops _stops = new(Middle);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Queries_that_stay_keep_their_state_and_new_ones_begin_with_the_first_full_window(int lanes)
    {
        PipelineGraph After() => _fixture.Graph(_stops, Settings(lanes), null, Users("new", windows: 3), Users("a"));
        var run = _fixture.Start(_fixture.Graph(_stops, Settings(lanes), null, Users("a"), Users("ends", windows: 5)));
        var report = await ReloadAsync(run, _stops, Middle, After(), Discard);
        Assert.True(report.Applied, string.Join('\n', report.Refusals));
        var summary = await run.Completion;
        Assert.Equal((60L, 1), (summary.RowsRead, _stops.Opened));
        Assert.Equal(All(0, 6), await _fixture.ReleasedAsync("a"));
        Assert.Equal(All(0, 3), await _fixture.ReleasedAsync("ends"));
        Assert.Equal(All(4, 6), await _fixture.ReleasedAsync("new"));
        Assert.Equal(11, summary.Released);

        var ends = report.Queries.Single(query => query.Name == "ends");
        Assert.Equal((PlanChange.Ended, At(3), At(4)), (ends.Change, ends.Dropped!.Value.Start, ends.Dropped.Value.End));
        Assert.Equal(At(4), report.Queries.Single(query => query.Name == "new").FirstWindow);
        Assert.True(report.Queries.Single(query => query.Name == "a").KeepsState);

        // The same plan again goes on at the end.
        var again = await _fixture.Start(After()).Completion;
        Assert.Equal((0L, 0, 0), (again.RowsRead, again.Released, again.Withheld.Count));
    }

    [Fact]
    public async Task A_new_query_over_the_same_bounded_window_shares_what_was_read()
    {
        var run = _fixture.Start(_fixture.Graph(_stops, Users("a")));
        var report = await ReloadAsync(run, _stops, Middle, _fixture.Graph(_stops, Users("a"), Users("b")));
        Assert.Equal(At(3), report.Queries.Single(query => query.Name == "b").FirstWindow);
        await run.Completion;
        Assert.Equal(All(0, 6), await _fixture.ReleasedAsync("a"));
        Assert.Equal(All(3, 6), await _fixture.ReleasedAsync("b"));
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_changes_nothing()
    {
        var run = _fixture.Start(_fixture.Graph(_stops, Users("a")));
        await _stops.Reached(Middle);
        var before = await CheckpointsAsync();
        var report = await ReloadAsync(run, _stops, Middle, _fixture.Graph(_stops, Users("a"), Users("new", windows: 2)), new ReloadOptions { DryRun = true });
        Assert.False(report.Applied);
        Assert.Empty(report.Refusals);
        Assert.Equal(At(4), report.Queries.Single(query => query.Name == "new").FirstWindow);
        var period = Assert.Single(report.Periods);
        Assert.Equal((3, 997, 24 - 3 + 2), (period.Spent.Epsilon, period.Left.Epsilon, period.MayCharge.Epsilon));
        Assert.Single(before);
        await run.Completion;
        Assert.Single(await CheckpointsAsync());
        Assert.Equal(All(0, 6), await _fixture.ReleasedAsync("a"));
        Assert.Empty(await _fixture.ReleasedAsync("new"));
    }

    [Fact]
    public async Task A_paused_run_takes_up_a_plan_and_stays_paused()
    {
        var run = _fixture.Start(_fixture.Graph(_stops, Users("a")));
        await _stops.Reached(Middle);
        run.Pause("later");
        _stops.Open(Middle);
        Assert.True(SpinWait.SpinUntil(() => run.Topology().State == "paused", TimeSpan.FromSeconds(20)));
        Assert.True((await run.ReloadAsync(_fixture.Graph(_stops, Users("a"), Users("b")))).Applied);
        Assert.True(SpinWait.SpinUntil(() => run.Topology().State == "paused", TimeSpan.FromSeconds(20)));
        run.Resume();
        await run.Completion;
        Assert.Equal(All(3, 6), await _fixture.ReleasedAsync("b"));
        await Assert.ThrowsAsync<PipelineException>(() => run.ReloadAsync(_fixture.Graph(_stops, Users("a"))));
    }

    [Fact]
    public async Task A_plan_that_was_replaced_does_not_start_again_but_by_another_reload()
    {
        var stops = new StoppingSource.Stops(Middle, 45);
        var old = _fixture.Graph(stops, Users("a"));
        var run = _fixture.Start(old);
        await ReloadAsync(run, stops, Middle, _fixture.Graph(stops, Users("a"), Users("b")));
        await stops.Reached(45);
        run.KillSwitch.Abort(new InvalidOperationException("crash"));
        await Assert.ThrowsAnyAsync<Exception>(() => run.Completion);
        var refused = await Assert.ThrowsAsync<PipelineException>(() => _fixture.Start(old).Completion);
        Assert.Contains("a reload put another plan in the place", refused.Message, StringComparison.Ordinal);

        var next = _fixture.Start(_fixture.Graph(stops, Users("a"), Users("b")));
        Assert.True((await ReloadAsync(next, stops, 45, old, Discard)).Applied);
        await next.Completion;
        Assert.Equal(All(0, 6), await _fixture.ReleasedAsync("a"));
        Assert.Equal(All(3, 4), await _fixture.ReleasedAsync("b"));
        Assert.Equal(0, (await _fixture.Start(old).Completion).Released);

        // From the start of the input the other plan may run again: what is stored is found, and the rest is as it would have been.
        var anew = await _fixture.Start(_fixture.Graph(stops, Settings() with { Resume = false }, null, Users("a"), Users("b"))).Completion;
        Assert.Equal((60L, 5, 7), (anew.RowsRead, anew.Released, anew.Replayed));
    }

    [Fact]
    public async Task A_group_that_ends_and_comes_back_within_a_period_waits_for_the_next_since_nobody_knows_who_counted_in_it()
    {
        var stops = new StoppingSource.Stops(25, Middle);
        var run = _fixture.Start(_fixture.Graph(stops, Users("a"), Users("b", windows: 3)));
        Assert.True((await ReloadAsync(run, stops, 25, _fixture.Graph(stops, Users("a")), Discard)).Applied);
        var back = await ReloadAsync(run, stops, Middle, _fixture.Graph(stops, Users("a"), Users("b", windows: 3)));
        Assert.Equal((true, At(24)), (back.Applied, back.Queries[1].FirstWindow));
        var summary = await run.Completion;
        Assert.Equal(All(0, 2), await _fixture.ReleasedAsync("b"));
        Assert.Empty(summary.Withheld);
        Assert.Equal(All(0, 6), await _fixture.ReleasedAsync("a"));
    }

    [Fact]
    public async Task A_group_that_comes_back_counts_subjects_anew_in_the_next_period()
    {
        var fixture = new ReloadFixture(hours: 28);
        var stops = new StoppingSource.Stops(25, Middle);
        var run = fixture.Start(fixture.Graph(stops, Users("a"), Users("b", windows: 3)));
        await ReloadAsync(run, stops, 25, fixture.Graph(stops, Users("a")), Discard);
        await ReloadAsync(run, stops, Middle, fixture.Graph(stops, Users("a"), Users("b", windows: 3)));
        await run.Completion;
        Assert.Equal([.. All(0, 2), .. All(24, 27), (27, 0)], await fixture.ReleasedAsync("b"));
    }

    [Fact]
    public async Task A_query_with_columns_of_its_own_in_a_group_that_goes_on_begins_with_the_next_period()
    {
        var fixture = new ReloadFixture(hours: 28);
        var stops = new StoppingSource.Stops(10);
        var run = fixture.Start(fixture.Graph(stops, Users("b", windows: 3)));
        var report = await ReloadAsync(run, stops, 10, fixture.Graph(stops, Users("b", windows: 3), Bytes("bytes", windows: 3)));
        Assert.Equal((true, At(24)), (report.Applied, report.Queries[1].FirstWindow));
        await run.Completion;
        Assert.Equal([.. All(24, 27), (27, 0)], await fixture.ReleasedAsync("bytes"));
        Assert.Equal(28, (await fixture.ReleasedAsync("b")).Count);
    }

    [Fact]
    public async Task Withdrawn_before_its_turn_it_changes_nothing()
    {
        var run = _fixture.Start(_fixture.Graph(_stops, Users("a")));
        await _stops.Reached(Middle);
        using var withdraw = new CancellationTokenSource();
        var waiting = run.ReloadAsync(_fixture.Graph(_stops, Users("a"), Users("b")), cancellationToken: withdraw.Token);
        await Assert.ThrowsAsync<PipelineException>(() => run.ReloadAsync(_fixture.Graph(_stops, Users("a"), Users("c"))));
        await withdraw.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _stops.Open(Middle);
        await run.Completion;
        Assert.Empty(await _fixture.ReleasedAsync("b"));
    }

    private static DateTimeOffset At(int hour) => DateTimeOffset.FromUnixTimeMilliseconds(RuntimeFixture.Start).AddHours(hour);

    private async Task<IReadOnlyList<string>> CheckpointsAsync() =>
        [.. (await _fixture.Runtime.Store.TransactAsync(transaction => transaction.ScanAsync("checkpoints"))).Select(row => row.Key)];
}
