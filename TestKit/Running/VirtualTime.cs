namespace AkkaPrivacy.TestKit.Running;

/// <summary>A clock that stands still until it is told. Timers fire while it is moved on, on the thread that moves it.</summary>
/// <param name="start">The first instant.</param>
public sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<VirtualTimer> _timers = [];
    private long _ticks = start.UtcTicks;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    /// <inheritdoc />
    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <summary>Moves on and fires the timers that are due, in order of their times.</summary>
    /// <param name="by">How far, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Time would go back.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = Interlocked.Read(ref _ticks) + by.Ticks;
        while (NextDue(target) is { } timer)
        {
            timer.Fire();
        }

        Interlocked.Exchange(ref _ticks, target);
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    private VirtualTimer? NextDue(long target)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.DueTicks <= target).MinBy(timer => timer.DueTicks);
            if (next is not null)
            {
                Interlocked.Exchange(ref _ticks, Math.Max(_ticks, next.DueTicks));
                next.Schedule();
            }

            return next;
        }
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long DueTicks { get; private set; } = long.MaxValue;

        public void Fire() => callback(state);

        public void Schedule() => DueTicks = _period > TimeSpan.Zero ? DueTicks + _period.Ticks : long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            DueTicks = dueTime < TimeSpan.Zero ? long.MaxValue : time.GetTimestamp() + dueTime.Ticks;
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
