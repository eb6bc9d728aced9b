using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Tests.Simulation;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Runtime.Reloads.ReloadFixture;

namespace AkkaPrivacy.Tests.Engine.Runtime.Reloads;

/// <summary>What fails in a reload leaves the run as it was, or the new plan in force; never half of both.</summary>
public sealed class ReloadFailureTests
{
    private const long Middle = 35;
    private readonly ReloadFixture _fixture = new();
    private readonly StoppingSource.Stops _stops = new(Middle);

    // Transactions of a reload in order: charges, releases, the checkpoint of the barrier, the state, the move.
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    public async Task A_store_that_fails_once_leaves_one_plan_in_force(int transaction, bool afterCommit)
    {
        var fault = afterCommit ? SimFault.StoreAfter : SimFault.StoreBefore;
        SimFaults? faults = null;
        _fixture.Runtime.Wrap = store => new LateStore(store, () => faults);
        var run = _fixture.Start(_fixture.Graph(_stops, Users("a")));
        await PauseAsync(run);
        faults = new SimFaults(fault, transaction);
        var reload = run.ReloadAsync(_fixture.Graph(_stops, Users("a"), Users("b")));
        if (afterCommit)
        {
            Assert.True((await reload).Applied);
        }
        else
        {
            await Assert.ThrowsAsync<StoreException>(() => reload);
        }

        run.Resume();
        Assert.Equal(afterCommit ? 9 : 6, (await run.Completion).Released);
        Assert.Equal(All(0, 6), await _fixture.ReleasedAsync("a"));
        Assert.Equal(afterCommit ? All(3, 6) : [], await _fixture.ReleasedAsync("b"));
        Assert.Single(await _fixture.Runtime.Store.TransactAsync(t => t.ScanAsync("checkpoints")));
    }

    [Fact]
    public async Task A_run_whose_checkpoint_fails_ends_as_ever()
    {
        SimFaults? faults = null;
        _fixture.Runtime.Wrap = store => new LateStore(store, () => faults);
        var run = _fixture.Start(_fixture.Graph(_stops, Users("a")));
        await PauseAsync(run);
        faults = new SimFaults(SimFault.StoreBefore, 3);
        await Assert.ThrowsAsync<StoreException>(() => run.ReloadAsync(_fixture.Graph(_stops, Users("a"), Users("b"))));
        await Assert.ThrowsAsync<StoreException>(() => run.Completion);
        _fixture.Runtime.Wrap = null;
        await _fixture.Start(_fixture.Graph(_stops, Users("a"))).Completion;
        Assert.Equal(All(0, 6), await _fixture.ReleasedAsync("a"));
    }

    [Fact]
    public async Task Sinks_change_with_the_plan_and_none_misses_a_release()
    {
        var (old, @new, refused) = (new ListSink("same"), new ListSink("same"), new ListSink("other"));
        var run = _fixture.Start(_fixture.Graph(_stops, Settings(), old, Users("a"), Users("b", windows: 4)));
        await _stops.Reached(Middle);
        run.Pause();
        var dry = run.ReloadAsync(_fixture.Graph(_stops, Settings(), refused, Users("a")), new ReloadOptions { DryRun = true });
        _stops.Open(Middle);
        Assert.NotEmpty((await dry).Refusals);
        Assert.True(refused.IsDisposed);
        var report = await run.ReloadAsync(_fixture.Graph(_stops, Settings(), @new, Users("a")), new ReloadOptions { DiscardOpenWindows = true });
        Assert.True(report.Applied, string.Join('\n', report.Refusals));
        Assert.True(old.IsDisposed);
        run.Resume();
        await run.Completion;
        var (a, b) = (await _fixture.ReleasedAsync("a"), await _fixture.ReleasedAsync("b"));
        Assert.Equal(a.Count + b.Count, old.Ids.Concat(@new.Ids).Distinct().Count());
        Assert.Equal(old.Ids.Count + @new.Ids.Count, a.Count + b.Count);
        Assert.True(@new.IsDisposed);
    }

    // Standing still, nothing but the reload asks the store.
    private async Task PauseAsync(IPipelineRun run)
    {
        await _stops.Reached(Middle);
        run.Pause();
        _stops.Open(Middle);
        Assert.True(SpinWait.SpinUntil(() => run.Topology().State == "paused", TimeSpan.FromSeconds(20)));
    }

    private sealed class ListSink(string name) : IReleaseSink
    {
        public string Name => name;

        public List<string> Ids { get; } = [];

        public bool IsDisposed { get; private set; }

        public ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
        {
            Ids.AddRange(releases.Select(release => $"{release.Id}"));
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
