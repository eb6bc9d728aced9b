using System.Globalization;

namespace AkkaPrivacy.Engine.Time;

/// <summary>A half-open span of event time, [start, end), in milliseconds since the Unix epoch, UTC.</summary>
/// <param name="StartMs">First millisecond inside.</param>
/// <param name="EndMs">First millisecond after.</param>
public readonly record struct TimeWindow(long StartMs, long EndMs) : IComparable<TimeWindow>
{
    /// <summary>The window's start.</summary>
    public DateTimeOffset Start => DateTimeOffset.FromUnixTimeMilliseconds(StartMs);

    /// <summary>The window's end, exclusive.</summary>
    public DateTimeOffset End => DateTimeOffset.FromUnixTimeMilliseconds(EndMs);

    /// <summary>The tumbling window of the given size that holds an instant; windows are aligned to the epoch.</summary>
    /// <param name="timeMs">The instant, milliseconds since the Unix epoch.</param>
    /// <param name="sizeMs">The window's size in milliseconds, 1 or more.</param>
    /// <returns>The window.</returns>
    public static TimeWindow Containing(long timeMs, long sizeMs)
    {
        var start = FloorTo(timeMs, sizeMs);
        return new TimeWindow(start, start + sizeMs);
    }

    /// <summary>The largest multiple of <paramref name="sizeMs"/> that is not above <paramref name="timeMs"/>.</summary>
    /// <param name="timeMs">An instant, also before the epoch.</param>
    /// <param name="sizeMs">1 or more.</param>
    /// <returns>The multiple.</returns>
    public static long FloorTo(long timeMs, long sizeMs)
    {
        var remainder = timeMs % sizeMs;
        return remainder < 0 ? timeMs - remainder - sizeMs : timeMs - remainder;
    }

    /// <summary>Orders by end, then by start: the order in which windows fire.</summary>
    /// <param name="other">The other window.</param>
    /// <returns>As <see cref="IComparable{T}.CompareTo"/>.</returns>
    public int CompareTo(TimeWindow other) => EndMs != other.EndMs ? EndMs.CompareTo(other.EndMs) : StartMs.CompareTo(other.StartMs);

    /// <inheritdoc />
    public override string ToString() => $"{Format(Start)}/{Format(End)}";

    private static string Format(DateTimeOffset time) =>
        time.ToString(time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
