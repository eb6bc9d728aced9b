using System.Numerics;

namespace AkkaPrivacy.Engine.Runtime.Metrics;

/// <summary>How long rows took from the moment their batch was read to the moment they were counted, over the last 10 to 20
/// seconds. Four buckets an octave of microseconds, so a percentile is at most 19 % too high.</summary>
internal sealed class LatencyHistogram(TimeProvider time)
{
    private const int PerOctave = 4;
    private const int Buckets = 40 * PerOctave;
    private static readonly TimeSpan Generation = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long[] _now = new long[Buckets];
    private long[] _before = new long[Buckets];
    private long _since = time.GetTimestamp();

    /// <summary>Adds the rows of a batch.</summary>
    public void Add(TimeSpan latency, int rows)
    {
        lock (_lock)
        {
            Turn();
            _now[BucketOf((long)(latency.TotalMilliseconds * 1000))] += rows;
        }
    }

    /// <summary>Percentiles in milliseconds; null when no row was counted lately.</summary>
    public LatencySnapshot? Snapshot()
    {
        lock (_lock)
        {
            Turn();
            var counts = _now.Zip(_before, (a, b) => a + b).ToArray();
            var rows = counts.Sum();
            return rows == 0 ? null : new LatencySnapshot(Percentile(counts, rows, 0.5), Percentile(counts, rows, 0.99), rows);
        }
    }

    private static double Percentile(long[] counts, long rows, double share)
    {
        var wanted = (long)Math.Ceiling(share * rows);
        var bucket = 0;
        for (var seen = counts[0]; seen < wanted; seen += counts[bucket])
        {
            bucket++;
        }

        return UpperMicroseconds(bucket) / 1000;
    }

    private static int BucketOf(long microseconds)
    {
        if (microseconds < PerOctave)
        {
            return (int)Math.Max(0, microseconds);
        }

        var octave = BitOperations.Log2((ulong)microseconds);
        var part = (int)((microseconds >> (octave - 2)) & (PerOctave - 1));
        return Math.Min(Buckets - 1, ((octave - 1) * PerOctave) + part);
    }

    private static double UpperMicroseconds(int bucket) => bucket < PerOctave
        ? bucket + 1
        : Math.ScaleB(PerOctave + (bucket % PerOctave) + 1, (bucket / PerOctave) - 1);

    private void Turn()
    {
        var elapsed = time.GetElapsedTime(_since);
        if (elapsed < Generation)
        {
            return;
        }

        (_before, _now) = (_now, _before);
        Array.Clear(_now);
        if (elapsed >= 2 * Generation)
        {
            Array.Clear(_before);
        }

        _since = time.GetTimestamp();
    }
}
