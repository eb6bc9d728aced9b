using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>Between the outbox, which publishes page after page, and the stream, which demands release after release. A
/// page is published when each of its releases has been confirmed.</summary>
internal sealed class ReleaseDelivery(string name) : IReleaseSink
{
    private readonly Lock _lock = new();
    private readonly Queue<Release> _waiting = new();
    private TaskCompletionSource? _page;
    private Exception? _closed;
    private int _unconfirmed;

    public string Name => name;

    /// <summary>Called, on any thread, when releases wait.</summary>
    public Action? Offered { get; set; }

    public async ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        Task page;
        lock (_lock)
        {
            if (_closed is not null)
            {
                throw _closed;
            }

            foreach (var release in releases)
            {
                _waiting.Enqueue(release);
            }

            _unconfirmed = releases.Count;
            _page = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            page = _page.Task;
        }

        Offered?.Invoke();
        await page.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public bool TryTake(out Release? release)
    {
        lock (_lock)
        {
            return _waiting.TryDequeue(out release);
        }
    }

    /// <summary>The sink has done with the oldest release that it was given.</summary>
    /// <returns>False when there was none.</returns>
    public bool Confirm()
    {
        lock (_lock)
        {
            if (_unconfirmed - _waiting.Count <= 0)
            {
                return false;
            }

            if (--_unconfirmed == 0)
            {
                _page?.TrySetResult();
            }

            return true;
        }
    }

    /// <summary>Nothing is taken any more; what is not confirmed stays in the outbox.</summary>
    public void Close(Exception cause)
    {
        lock (_lock)
        {
            _closed ??= cause;
            _waiting.Clear();
            _page?.TrySetException(_closed);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
