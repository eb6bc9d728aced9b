namespace AkkaPrivacy.Tests.Simulation;

/// <summary>Virtual time, moved by the source.</summary>
public sealed class SimClock : TimeProvider
{
    private long _ticks = new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero).Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
