using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>What waits for one lane: parts that other lanes have passed on, which come first, and batches from the reader. It
/// refuses nothing, so that lanes never wait for one another; <see cref="InFlight"/> holds the reader back.</summary>
internal sealed class LaneInbox
{
    private readonly Lock _lock = new();
    private readonly Queue<EventBatch> _parts = new();
    private readonly Queue<EventBatch> _batches = new();
    private TaskCompletionSource? _wake;
    private bool _completed;

    /// <summary>Batches from the reader that wait.</summary>
    public int Batches
    {
        get
        {
            lock (_lock)
            {
                return _batches.Count;
            }
        }
    }

    /// <summary>Parts from other lanes that wait.</summary>
    public int Parts
    {
        get
        {
            lock (_lock)
            {
                return _parts.Count;
            }
        }
    }

    public void PutBatch(EventBatch batch) => Put(_batches, batch);

    public void PutPart(EventBatch part) => Put(_parts, part);

    /// <summary>No more will come; what is there is still taken.</summary>
    public void Complete()
    {
        TaskCompletionSource? wake;
        lock (_lock)
        {
            _completed = true;
            wake = TakeWake();
        }

        wake?.SetResult();
    }

    /// <summary>Takes the next one. Only the lane's own task takes.</summary>
    /// <returns>The batch, and whether it is a part; null when the inbox was completed and is empty.</returns>
    public async ValueTask<(EventBatch Batch, bool IsPart)?> TakeAsync()
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_parts.TryDequeue(out var part))
                {
                    return (part, true);
                }

                if (_batches.TryDequeue(out var batch))
                {
                    return (batch, false);
                }

                if (_completed)
                {
                    return null;
                }

                _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _wake.Task;
            }

            await wait.ConfigureAwait(false);
        }
    }

    private void Put(Queue<EventBatch> queue, EventBatch batch)
    {
        TaskCompletionSource? wake;
        lock (_lock)
        {
            queue.Enqueue(batch);
            wake = TakeWake();
        }

        wake?.SetResult();
    }

    private TaskCompletionSource? TakeWake()
    {
        var wake = _wake;
        _wake = null;
        return wake;
    }
}
