using System.Numerics;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>Delays in buckets of a quarter of a microsecond that widen with the delay: 32 in each doubling, so that a
/// quantile is at most 3 % too large. Not safe for concurrent use.</summary>
internal sealed class DelayHistogram
{
    private const int StepsLog = 5;
    private const int Steps = 1 << StepsLog;
    private const int Buckets = (64 - StepsLog) * Steps;
    private const double UnitsPerMs = 4000;
    private readonly long[] _counts = new long[Buckets];

    /// <summary>How many delays there are.</summary>
    public long Count { get; private set; }

    /// <summary>The largest one, in milliseconds.</summary>
    public double MaxMs { get; private set; }

    /// <summary>Adds a delay.</summary>
    /// <param name="ms">Milliseconds; below 0 counts as 0.</param>
    public void Add(double ms)
    {
        var units = (ulong)Math.Max(0, ms * UnitsPerMs);
        var shift = Math.Max(0, 63 - StepsLog - BitOperations.LeadingZeroCount(units));
        _counts[(shift << StepsLog) + (int)(units >> shift)]++;
        Count++;
        MaxMs = Math.Max(MaxMs, ms);
    }

    /// <summary>Adds what another holds.</summary>
    /// <param name="other">The other.</param>
    public void Add(DelayHistogram other)
    {
        for (var i = 0; i < Buckets; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        MaxMs = Math.Max(MaxMs, other.MaxMs);
    }

    /// <summary>A quantile.</summary>
    /// <param name="share">0 to 1.</param>
    /// <returns>Milliseconds: the end of the bucket; 0 when nothing was added.</returns>
    public double QuantileMs(double share)
    {
        var left = (long)Math.Ceiling(share * Count);
        for (var i = 0; i < Buckets && Count > 0; i++)
        {
            left -= _counts[i];
            if (left <= 0)
            {
                return Math.Min(EndMs(i), MaxMs);
            }
        }

        return MaxMs;
    }

    /// <summary>The share of delays in an interval.</summary>
    /// <param name="fromMs">Above this; 0 takes in all from 0 on.</param>
    /// <param name="toMs">Up to this.</param>
    /// <returns>0 to 1, as exact as buckets are.</returns>
    public double Share(double fromMs, double toMs)
    {
        var count = 0L;
        for (var i = 0; i < Buckets; i++)
        {
            if (_counts[i] > 0 && (EndMs(i) > fromMs || fromMs == 0) && EndMs(i) <= toMs)
            {
                count += _counts[i];
            }
        }

        return Count == 0 ? 0 : (double)count / Count;
    }

    private static double EndMs(int bucket)
    {
        var shift = Math.Max(0, (bucket >> StepsLog) - 1);
        var units = bucket - (shift << StepsLog);
        return (double)(((ulong)units + 1) << shift) / UnitsPerMs;
    }
}
