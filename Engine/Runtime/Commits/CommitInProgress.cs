using System.Runtime.ExceptionServices;

namespace AkkaPrivacy.Engine.Runtime.Commits;

/// <summary>
/// The commit of the last barrier, which goes on while the lanes count on. There is one at a time: the next barrier waits for
/// it before it fires or takes a snapshot, so that what a commit reads (fired windows, snapshots, decisions to fire) stays as
/// it was, and transactions come in the order of their barriers.
/// </summary>
/// <remarks>Called by the reader only. After a failure nothing more is committed: whoever asks is told of it, and the run goes
/// back to what the store holds.</remarks>
/// <param name="start">Starts a commit; what it returns waits for its end.</param>
internal sealed class CommitInProgress(Func<Func<Task>, Func<Task>> start)
{
    private Func<Task>? _end;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts a commit; the one before has been waited for.</summary>
    /// <param name="commit">Stores everything of a barrier, or throws and stores nothing of it.</param>
    public void Begin(Func<Task> commit)
    {
        ThrowIfFailed();
        if (_end is not null)
        {
            throw new InvalidOperationException("The commit before has not been waited for.");
        }

        _end = start(() => RunAsync(commit));
    }

    /// <summary>Throws what a commit failed with, if one has.</summary>
    public void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();

    /// <summary>Waits until everything that was begun is stored.</summary>
    /// <returns>A task that fails as the commit did.</returns>
    public async ValueTask WhenStoredAsync()
    {
        await SettleAsync().ConfigureAwait(false);
        ThrowIfFailed();
    }

    /// <summary>Waits until nothing is in progress: the store is left alone from here on.</summary>
    /// <returns>What a commit failed with; null when all are stored.</returns>
    public async ValueTask<Exception?> SettleAsync()
    {
        if (_end is { } end)
        {
            await end().ConfigureAwait(false);
            _end = null;
        }

        return Volatile.Read(ref _failure)?.SourceException;
    }

    // Never fails: the reader is told of it between batches.
    private async Task RunAsync(Func<Task> commit)
    {
        try
        {
            await commit().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Volatile.Write(ref _failure, ExceptionDispatchInfo.Capture(failure));
        }
    }
}
