using System.Runtime.ExceptionServices;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>Counts batches between the reader and the end of the lanes, and remembers the first failure.</summary>
internal sealed class InFlight
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _empty;
    private ExceptionDispatchInfo? _failure;
    private int _count;

    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    public void Add() => Interlocked.Increment(ref _count);

    public void Remove()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            lock (_lock)
            {
                // The count may have risen again since, and somebody may wait for the next time it falls to 0.
                if (Volatile.Read(ref _count) == 0)
                {
                    _empty?.TrySetResult();
                }
            }
        }
    }

    public void SetFailed(Exception exception) =>
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);

    public void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();

    /// <summary>Waits until nothing is in flight. Only the reader adds first batches, and it waits here, so the count
    /// does not rise again from 0.</summary>
    public async ValueTask WhenEmptyAsync()
    {
        Task wait;
        lock (_lock)
        {
            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            wait = Volatile.Read(ref _count) == 0 ? Task.CompletedTask : _empty.Task;
        }

        await wait.ConfigureAwait(false);
        ThrowIfFailed();
    }
}
