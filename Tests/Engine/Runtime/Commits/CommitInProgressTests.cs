using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Commits;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime.Commits;

public sealed class CommitInProgressTests
{
    private readonly TaskCompletionSource _store = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CommitInProgress _commit = new(work =>
    {
        var task = work();
        return () => task;
    });

    [Fact]
    public async Task The_reader_goes_on_and_who_waits_waits_for_the_store()
    {
        _commit.Begin(() => _store.Task);
        _commit.ThrowIfFailed();
        var wait = _commit.WhenStoredAsync();
        Assert.False(wait.IsCompleted);
        _store.SetResult();
        await wait;
        _commit.Begin(() => Task.CompletedTask);
        Assert.Null(await _commit.SettleAsync());
        await _commit.WhenStoredAsync();
    }

    [Fact]
    public void Only_one_is_in_progress()
    {
        _commit.Begin(() => _store.Task);
        Assert.Throws<InvalidOperationException>(() => _commit.Begin(() => Task.CompletedTask));
    }

    [Fact]
    public async Task After_a_failure_everybody_is_told_and_nothing_more_is_committed()
    {
        var failure = new StoreException(StoreFailure.Full, "The store is full.");
        _commit.Begin(() => _store.Task);
        _store.SetException(failure);
        Assert.Same(failure, await _commit.SettleAsync());
        Assert.Same(failure, Assert.Throws<StoreException>(_commit.ThrowIfFailed));
        Assert.Same(failure, await Assert.ThrowsAsync<StoreException>(async () => await _commit.WhenStoredAsync()));
        Assert.Throws<StoreException>(() => _commit.Begin(() => throw new InvalidOperationException("It must not run.")));
    }
}
