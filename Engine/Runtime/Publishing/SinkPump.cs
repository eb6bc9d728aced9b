using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Supervision;

namespace AkkaPrivacy.Engine.Runtime.Publishing;

/// <summary>
/// Publishes to one sink beside the reader: a sink that is slow or down holds back its own publishing and nothing else,
/// and what it has not taken stays in the outbox. A sink that fails is asked again as its supervision says.
/// </summary>
internal sealed class SinkPump(
    IReleaseSink sink, Func<CancellationToken, ValueTask<bool>> publishPage, Supervisor supervisor, TimeProvider time, Func<Func<Task>, Task> start)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private Task _work = Task.CompletedTask;
    private bool _asked;
    private bool _working;
    private volatile string _state = "idle";
    private volatile Exception? _failure;

    public string Name => sink.Name;

    /// <summary><c>idle</c>, <c>publishing</c>, <c>waiting</c> (before it is asked again), <c>failed</c>.</summary>
    public string State => _state;

    public Exception? Failure => _failure;

    /// <summary>There may be something to publish.</summary>
    public void Ask()
    {
        lock (_lock)
        {
            _asked = true;
            if (_working || _failure is not null || _stop.IsCancellationRequested)
            {
                return;
            }

            _working = true;
        }

        var work = start(RunAsync);
        lock (_lock)
        {
            _work = work;
        }
    }

    /// <summary>Ends when everything that was asked for is published, or the sink has failed for good.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            return _work;
        }
    }

    /// <summary>From now on a sink that fails is not asked again.</summary>
    public void Hurry() => _hurry.Cancel();

    /// <summary>Stops without waiting for the sink to take more, and waits until it is left alone.</summary>
    public async ValueTask StopAsync()
    {
        await _hurry.CancelAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await WhenIdleAsync().ConfigureAwait(false);
    }

    // Never fails: what went wrong is kept for the reader, who asks between batches.
    private async Task RunAsync()
    {
        while (Take())
        {
            try
            {
                _state = "publishing";
                while (await publishPage(_stop.Token).ConfigureAwait(false))
                {
                }

                _state = "idle";
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                _state = "idle";
            }
            catch (Exception failure)
            {
                await AfterAsync(failure).ConfigureAwait(false);
            }
        }
    }

    private bool Take()
    {
        lock (_lock)
        {
            _working = _asked && _failure is null && !_stop.IsCancellationRequested;
            _asked = false;
            return _working;
        }
    }

    // A store that fails or another owner is no matter of the sink.
    private async Task AfterAsync(Exception failure)
    {
        if (failure is StoreException or FencedException || supervisor.NextOfSink(Name, failure) is not { } wait)
        {
            _failure = failure;
            _state = "failed";
            return;
        }

        _state = "waiting";
        try
        {
            await Task.Delay(wait, time, _hurry.Token).ConfigureAwait(false);
            lock (_lock)
            {
                _asked = true;
            }
        }
        catch (OperationCanceledException)
        {
            // The run ends; the outbox keeps what was not taken.
            _state = "idle";
        }
    }
}
