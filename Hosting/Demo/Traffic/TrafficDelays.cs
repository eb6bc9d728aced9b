using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>When made-up events arrive, and how long after they happened.</summary>
internal static class TrafficDelays
{
    private const double LateShare = 0.003;
    private const double EarlyShare = 0.001;
    private const double SlowShare = 0.1;
    private const double QuickMs = 800;
    private const double SlowMs = 20_000;
    private const double LateMs = 20 * 60_000;
    private const double EarlyMs = 10 * 60_000;

    // The rate at each full hour from 08:00 on, relative to the mean; it rises to noon and falls again.
    private static readonly double[] Rates = [0.80, 0.95, 1.10, 1.15, 1.05, 0.95, 0.85];
    private static readonly double MeanRate = (Rates.Sum() - ((Rates[0] + Rates[^1]) / 2)) / TrafficOptions.Hours;

    /// <summary>The arrival rate relative to its mean over all hours.</summary>
    /// <param name="sinceStartMs">Time since the start, milliseconds.</param>
    public static double Rhythm(double sinceStartMs)
    {
        var hours = Math.Min(sinceStartMs / TrafficOptions.HourMs, TrafficOptions.Hours - 1e-9);
        var hour = (int)hours;
        return (Rates[hour] + ((Rates[hour + 1] - Rates[hour]) * (hours - hour))) / MeanRate;
    }

    /// <summary>Arrival minus event time. Most rows are quick, some are slow by seconds and so out of order, few are beyond
    /// the allowed lateness or skew. Rows that count happened within the traffic's hours.</summary>
    /// <param name="random">The sequence.</param>
    /// <param name="received">When the row arrives.</param>
    public static long Draw(ref TrafficRandom random, long received)
    {
        var roll = random.Unit();
        var sinceStart = received - TrafficOptions.StartMs;
        if (roll < EarlyShare)
        {
            return -(TrafficOptions.SkewMs + 1 + (long)random.Exponential(EarlyMs));
        }

        if (roll < EarlyShare + LateShare)
        {
            // At most eight hours, so that the date stays the same.
            return Math.Min(TrafficOptions.LatenessMs + 1 + (long)random.Exponential(LateMs), 8 * TrafficOptions.HourMs);
        }

        var delay = (long)random.Exponential(roll < SlowShare ? SlowMs : QuickMs);
        return Math.Min(delay, Math.Min(TrafficOptions.LatenessMs, sinceStart));
    }

    /// <summary>Why a pipeline should drop a row with this delay; null when it should count it.</summary>
    /// <param name="delay">Arrival minus event time, milliseconds.</param>
    public static DeadLetterReason? ReasonOf(long delay) => delay switch
    {
        > TrafficOptions.LatenessMs => DeadLetterReason.Late,
        < -TrafficOptions.SkewMs => DeadLetterReason.Early,
        _ => null,
    };
}
