namespace AkkaPrivacy.Engine.Runtime;

/// <summary>Lets a run be paused from any thread; the reader looks at it between batches.</summary>
internal sealed class PauseGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = New();
    private string? _reason;

    /// <summary>Why the run is to stand still; null when it is not.</summary>
    public string? Reason
    {
        get
        {
            lock (_lock)
            {
                return _reason;
            }
        }
    }

    public void Pause(string reason)
    {
        lock (_lock)
        {
            _reason = reason;
            Tell();
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            _reason = null;
            Tell();
        }
    }

    /// <summary>Ends at the next call of either.</summary>
    public Task WhenChanged()
    {
        lock (_lock)
        {
            return _changed.Task;
        }
    }

    /// <summary>Has the reader look again, whatever stands still.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            Tell();
        }
    }

    private void Tell()
    {
        _changed.SetResult();
        _changed = New();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
