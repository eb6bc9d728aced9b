namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>A clock on which every wait is over at once, unless patience ends before it does. Limits of time are told from waits by
/// lengths that no answer can ask for.</summary>
internal sealed class AnsweringClock : TimeProvider
{
    /// <summary>How long one attempt may take; it never does.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(599_123);

    /// <summary>How long all attempts may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(3_599_877);

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, 500, TimeSpan.Zero);
    private TimeSpan _elapsed;
    private (TimerCallback Callback, object? State)? _patience;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => Start + _elapsed;

    /// <inheritdoc />
    public override long GetTimestamp() => _elapsed.Ticks;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Patience)
        {
            _patience = (callback, state);
        }
        else if (dueTime >= TimeSpan.Zero && dueTime != Timeout)
        {
            _elapsed += dueTime;
            var due = _elapsed >= Patience && _patience is { } end ? end : (callback, state);
            ThreadPool.QueueUserWorkItem(_ => due.Item1(due.Item2));
        }

        return new Over();
    }

    private sealed class Over : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // It is over, or never will be.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
