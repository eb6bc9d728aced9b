namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>How much made-up traffic, and which.</summary>
/// <param name="Events">Lines, malformed ones included; 1 to <see cref="MaxEvents"/>.</param>
/// <param name="Seed">Each seed is another population; the same options give the same bytes.</param>
internal sealed record TrafficOptions(long Events, ulong Seed)
{
    /// <summary>The largest number of events.</summary>
    public const long MaxEvents = 1_000_000_000;

    /// <summary>Hours that the traffic spans.</summary>
    public const int Hours = 6;

    /// <summary>Milliseconds of an hour.</summary>
    public const long HourMs = 3_600_000;

    /// <summary>Arrival minus event time of on-time rows is at most this; must match the pipeline's allowed lateness.</summary>
    public const long LatenessMs = 10 * 60_000;

    /// <summary>Event time minus arrival of on-time rows is at most this; must match the pipeline's allowed skew.</summary>
    public const long SkewMs = 5 * 60_000;

    /// <summary>First instant, milliseconds since the Unix epoch: Monday 2026-03-02, 08:00 UTC. All of the traffic lies in
    /// one accounting period of a day.</summary>
    public static readonly long StartMs = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>First instant after the traffic.</summary>
    public static readonly long EndMs = StartMs + (Hours * HourMs);

    /// <summary>Number of visitors: a quarter of the events, from 40 to 200,000.</summary>
    public int Visitors => (int)Math.Clamp(Events / 4, 40, 200_000);

    /// <summary>Mean time between arrivals over all hours. A little of the span is left at the end, because arrivals are
    /// random and must not run over it.</summary>
    public double MeanGapMs => (EndMs - StartMs) * 0.985 / Events;

    /// <summary>Sessions that go on at once, so that someone looks at a page for about half a minute.</summary>
    public int Sessions => (int)Math.Clamp(30_000 / MeanGapMs, 8, 20_000);
}
