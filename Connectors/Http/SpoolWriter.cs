using System.Threading.Channels;

namespace AkkaPrivacy.Connectors.Http;

/// <summary>What became of a request's events.</summary>
internal enum Acceptance
{
    /// <summary>They are on disk.</summary>
    Stored,

    /// <summary>Too much is on its way to the disk.</summary>
    Busy,

    /// <summary>The spool holds as much as it may.</summary>
    Full,

    /// <summary>The disk failed.</summary>
    Failed,
}

/// <summary>Brings the bodies of concurrent requests to disk, as many at a time as there are: one sync serves them all.</summary>
internal sealed class SpoolWriter(Spool spool, long spoolBytes, long pendingBytes)
{
    private readonly Channel<(ReadOnlyMemory<byte> Body, TaskCompletionSource<Acceptance> Done)> _queue =
        Channel.CreateUnbounded<(ReadOnlyMemory<byte>, TaskCompletionSource<Acceptance>)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly SemaphoreSlim _written = new(0);
    private long _pending;

    /// <summary>Takes room for a request; <see cref="Leave"/> gives it back.</summary>
    /// <param name="bytes">The most that its body can have.</param>
    /// <returns><see cref="Acceptance.Stored"/> when there is room.</returns>
    public Acceptance Enter(long bytes)
    {
        if (spool.Held + Volatile.Read(ref _pending) + bytes > spoolBytes)
        {
            return Acceptance.Full;
        }

        if (Interlocked.Add(ref _pending, bytes) <= Math.Max(pendingBytes, bytes))
        {
            return Acceptance.Stored;
        }

        Leave(bytes);
        return Acceptance.Busy;
    }

    /// <summary>Gives room back.</summary>
    /// <param name="bytes">As many as were taken.</param>
    public void Leave(long bytes) => Interlocked.Add(ref _pending, -bytes);

    /// <summary>Stores a body.</summary>
    /// <param name="body">Whole lines with their endings.</param>
    /// <returns>What became of it, once it is on disk.</returns>
    public Task<Acceptance> StoreAsync(ReadOnlyMemory<byte> body)
    {
        var done = new TaskCompletionSource<Acceptance>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.Writer.TryWrite((body, done)) ? done.Task : Task.FromResult(Acceptance.Failed);
    }

    /// <summary>Waits until something was stored.</summary>
    /// <param name="wait">How long at most.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>A task that ends then, or when the time is over.</returns>
    public Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken) => _written.WaitAsync(wait, cancellationToken);

    /// <summary>Stores what comes until <see cref="Complete"/>.</summary>
    /// <returns>A task that ends when all is stored.</returns>
    public async Task RunAsync()
    {
        var taken = new List<(ReadOnlyMemory<byte> Body, TaskCompletionSource<Acceptance> Done)>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            taken.Clear();
            while (_queue.Reader.TryRead(out var next))
            {
                taken.Add(next);
            }

            var result = Store([.. taken.Select(next => next.Body)]);
            taken.ForEach(next => next.Done.SetResult(result));
        }
    }

    /// <summary>Takes nothing more.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    private Acceptance Store(IReadOnlyList<ReadOnlyMemory<byte>> bodies)
    {
        try
        {
            spool.Append(bodies);
            if (_written.CurrentCount == 0)
            {
                _written.Release();
            }

            return Acceptance.Stored;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The sender is told and keeps its events; the reader goes on with what is there.
            return Acceptance.Failed;
        }
    }
}
