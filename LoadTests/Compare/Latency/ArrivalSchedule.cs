using System.Diagnostics;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>When each row arrives: evenly, fixed before the first one, whatever becomes of the rows before it.</summary>
/// <param name="perSecond">Rows a second; infinite when all are there from the start.</param>
/// <param name="length">How long rows arrive.</param>
/// <param name="warmUp">The part of it at the beginning whose delays are not counted.</param>
internal sealed class ArrivalSchedule(double perSecond, TimeSpan length, TimeSpan warmUp)
{
    private long _start = Stopwatch.GetTimestamp();
    private readonly double _ticksPerRow = Stopwatch.Frequency / perSecond;
    private readonly long _rows = double.IsInfinity(perSecond) ? long.MaxValue : (long)(perSecond * length.TotalSeconds);

    /// <summary>Rows a second.</summary>
    public double PerSecond => perSecond;

    /// <summary>Whether every row has its own moment.</summary>
    public bool IsPaced => !double.IsInfinity(perSecond);

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Begins now, for a source that is open later than the schedule was made; before the first row.</summary>
    public void Begin() => _start = Stopwatch.GetTimestamp();

    /// <summary>Whether a row comes after the warm-up.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <returns>True when its delay counts.</returns>
    public bool Counts(long row) => IsPaced && row >= perSecond * warmUp.TotalSeconds;

    /// <summary>Rows that have arrived by now.</summary>
    /// <returns>Their number since the start.</returns>
    public long Due() => IsPaced
        ? Math.Min(_rows, (long)((Stopwatch.GetTimestamp() - _start) / _ticksPerRow))
        : Elapsed < length ? long.MaxValue : 0;

    /// <summary>Whether no row comes after these.</summary>
    /// <param name="rows">Rows that were taken.</param>
    /// <returns>True when the schedule is over.</returns>
    public bool IsOver(long rows) => IsPaced ? rows >= _rows : Elapsed >= length;

    /// <summary>When a row arrives, from the start on.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <returns>Milliseconds; for rows that have no moment of their own, now.</returns>
    public double ArrivalMs(long row) => IsPaced ? row * _ticksPerRow / Stopwatch.Frequency * 1000 : Elapsed.TotalMilliseconds;

    /// <summary>How long after its arrival a row is now.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <param name="timestamp">The moment, a timestamp of <see cref="Stopwatch"/>.</param>
    /// <returns>Milliseconds.</returns>
    public double DelayMs(long row, long timestamp) => (timestamp - _start - (row * _ticksPerRow)) / Stopwatch.Frequency * 1000;
}
