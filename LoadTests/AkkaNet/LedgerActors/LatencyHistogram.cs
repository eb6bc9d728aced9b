using System.Text.Json.Serialization;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>Times in buckets that grow by 2 %, so that those of several processes can be put together.</summary>
internal sealed class LatencyHistogram
{
    private const double Growth = 1.02;
    private const double FirstMs = 0.001;
    private const int Buckets = 1024;

    /// <summary>How many times fell into each bucket; bucket i ends at 0.001 ms * 1.02^i.</summary>
    [JsonInclude]
    public long[] Counts { get; private init; } = new long[Buckets];

    /// <summary>How many there are.</summary>
    [JsonIgnore]
    public long Count => Counts.Sum();

    /// <summary>Adds a time. Safe to call from several threads.</summary>
    /// <param name="time">The time.</param>
    public void Add(TimeSpan time)
    {
        var bucket = (int)Math.Ceiling(Math.Log(Math.Max(time.TotalMilliseconds, FirstMs) / FirstMs, Growth));
        Interlocked.Increment(ref Counts[Math.Min(bucket, Buckets - 1)]);
    }

    /// <summary>Adds what another holds.</summary>
    /// <param name="other">The other.</param>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < Buckets; i++)
        {
            Counts[i] += other.Counts[i];
        }
    }

    /// <summary>A quantile.</summary>
    /// <param name="share">0 to 1.</param>
    /// <returns>Milliseconds, up to 2 % too large; 0 when nothing was added.</returns>
    public double QuantileMs(double share)
    {
        var left = (long)Math.Ceiling(share * Count);
        for (var i = 0; i < Buckets; i++)
        {
            left -= Counts[i];
            if (left <= 0 && Counts[i] > 0)
            {
                return FirstMs * Math.Pow(Growth, i);
            }
        }

        return 0;
    }
}
