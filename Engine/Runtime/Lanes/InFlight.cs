using System.Runtime.ExceptionServices;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>Counts batches between the reader and the end of the lanes, holds the reader back when there are many, and
/// remembers the first failure.</summary>
/// <param name="limit">The reader waits while so many are in flight, 1 or more. Batches that are split count as their parts.</param>
internal sealed class InFlight(int limit)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _empty;
    private TaskCompletionSource? _room;
    private ExceptionDispatchInfo? _failure;
    private int _count;

    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    public void Add() => Interlocked.Increment(ref _count);

    public void Remove()
    {
        var left = Interlocked.Decrement(ref _count);
        if (left == 0 || left == limit - 1)
        {
            lock (_lock)
            {
                // The count may have risen again since, and somebody may wait for the next time it falls to 0.
                if (Volatile.Read(ref _count) == 0)
                {
                    _empty?.TrySetResult();
                }

                if (Volatile.Read(ref _count) < limit)
                {
                    _room?.TrySetResult();
                }
            }
        }
    }

    /// <summary>Waits until there are fewer than the limit; for the reader, before it adds one.</summary>
    public async ValueTask WhenRoomAsync()
    {
        while (Volatile.Read(ref _count) >= limit)
        {
            Task wait;
            lock (_lock)
            {
                _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = Volatile.Read(ref _count) < limit ? Task.CompletedTask : _room.Task;
            }

            await wait.ConfigureAwait(false);
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
