using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>From estimates of traffic to weights, and when they hold. Pure.</summary>
internal sealed record RatePolicy
{
    /// <summary>The most windows from the end of a window to the first one that goes by its release.</summary>
    public const int MostLag = 1000;

    /// <summary>Rows to keep in a window of the followed query, for each key.</summary>
    public required double Target { get; init; }

    /// <summary>The largest weight, 1 / floor.</summary>
    public required long Largest { get; init; }

    /// <summary>The weight of a key of which nothing is known.</summary>
    public required long Initial { get; init; }

    /// <summary>The share of the newest release in the estimate, above 0 to 1.</summary>
    public required double Smoothing { get; init; }

    /// <summary>The followed query's windows, milliseconds.</summary>
    public required long WindowMs { get; init; }

    /// <summary>How long after its end a window fires, milliseconds.</summary>
    public required long LatenessMs { get; init; }

    /// <summary>By how much the event time of a row may be later than its arrival, milliseconds.</summary>
    public required long SkewMs { get; init; }

    /// <summary>How long after a window may fire its release decides, milliseconds.</summary>
    public required long LeadMs { get; init; }

    /// <summary>The longest window behind the sample, milliseconds: weights are kept for as long.</summary>
    public required long LongestMs { get; init; }

    /// <summary>How many windows after one the first begins that goes by its release, 1 or more: 1 for the next one.</summary>
    public long Lag => 1 + ((SettleMs + WindowMs - 1) / WindowMs);

    private long SettleMs => LatenessMs + SkewMs + LeadMs;

    /// <summary>The largest weight of all rates that are not below one.</summary>
    /// <param name="rate">Above 0, at most 1.</param>
    // Rates such as 0.07 are no binary fractions: what is meant as 1 / 0.01 must not become 99.
    public static long WeightOf(double rate) => Math.Max(1, (long)Math.Floor((1 / rate) * (1 + 1e-12)));

    /// <summary>The estimate after a released value.</summary>
    /// <param name="before">The estimate before; null for none.</param>
    /// <param name="released">The value. It may be negative and counts as such: values that are cut off at 0 are too large on average.</param>
    public double Estimate(double? before, double released) => before is { } old ? old + (Smoothing * (released - old)) : released;

    /// <summary>The smallest weight at which no more rows than the target are expected, as far as the floor allows.</summary>
    /// <param name="estimate">Rows of a window.</param>
    public long Weight(double estimate) => estimate <= Target ? 1 : (long)Math.Min(Largest, Math.Ceiling(estimate / Target));

    /// <summary>From which event time on the release of a window decides: the first start of a window that rows can only reach, if they
    /// are not early, when the window has fired and the lead has passed.</summary>
    /// <param name="endMs">The released window's end.</param>
    public long ValidFrom(long endMs) => TimeWindow.FloorTo(endMs + SettleMs + WindowMs - 1, WindowMs);
}
