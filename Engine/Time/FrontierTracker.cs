namespace AkkaPrivacy.Engine.Time;

/// <summary>
/// How far the arrival stamps of each partition have come. The pipeline's frontier is the smallest of the partitions that
/// have not ended; it never moves back. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Stamps are the operator's own, but a damaged one must not fire every window at once, and a quiet partition may still
/// have rows that lie days apart. So a run of stamps more than <see cref="MaxStep"/> ahead of the frontier moves it when
/// <see cref="EnoughRows"/> agree, or when a later run is no lower; a run far behind it moves nothing. What counts depends
/// on the order in the partition, not on how it was cut into batches or on which lane reports first.
/// </remarks>
internal sealed class FrontierTracker
{
    /// <summary>How far a stamp may lie from the frontier, or from its run, without confirmation: one day.</summary>
    public const long MaxStep = 24 * 3600 * 1000L;

    /// <summary>How long a partition may be silent between runs that confirm each other, and before its last one: 31 days.</summary>
    public const long LongestGap = 31 * MaxStep;

    /// <summary>So many rows of one run confirm each other.</summary>
    public const int EnoughRows = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, PartitionFrontier> _partitions = [];
    private readonly int _partitionCount;
    private int _ended;

    /// <param name="partitionCount">Partitions that will be read.</param>
    public FrontierTracker(int partitionCount) => _partitionCount = partitionCount;

    /// <summary>The frontier in milliseconds; null while a partition has not reported.</summary>
    public long? Frontier
    {
        get
        {
            lock (_lock)
            {
                var (open, smallest) = (0, long.MaxValue);
                foreach (var partition in _partitions.Values)
                {
                    if (!partition.Ended && partition.High != long.MinValue)
                    {
                        open++;
                        smallest = Math.Min(smallest, partition.High);
                    }
                }

                return open == 0 || open + _ended < _partitionCount ? null : smallest;
            }
        }
    }

    /// <summary>The range of all stamps that counted so far; null before the first.</summary>
    public (long Low, long High)? Range
    {
        get
        {
            lock (_lock)
            {
                var (low, high) = (long.MaxValue, long.MinValue);
                foreach (var partition in _partitions.Values)
                {
                    low = Math.Min(low, partition.Low);
                    high = Math.Max(high, partition.High);
                }

                return high == long.MinValue ? null : (low, high);
            }
        }
    }

    /// <summary>Reports a run of stamps.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="stamps">Their summary.</param>
    public void Report(int partition, ArrivalStamps stamps)
    {
        lock (_lock)
        {
            var entry = Get(partition);
            if (stamps.Rows >= EnoughRows || entry.IsNear(stamps))
            {
                entry.Confirm(stamps);
            }
            else if (entry.IsBehind(stamps))
            {
                entry.ApplyEarlier(stamps);
            }
            else
            {
                entry.Wait(stamps);
            }
        }
    }

    /// <summary>Moves an idle partition by its source's own clock, which also confirms the stamps that wait: they come
    /// from the same clock.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="nowMs">The source's clock.</param>
    public void Advance(int partition, long nowMs)
    {
        lock (_lock)
        {
            Get(partition).Advance(nowMs);
        }
    }

    /// <summary>Moves a partition that has been silent by a clock that is not its source's own. A partition whose last stamp is older
    /// than <see cref="LongestGap"/> is no live input and stays where it is.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="nowMs">Up to where everything has certainly come.</param>
    public void AdvanceSilent(int partition, long nowMs)
    {
        lock (_lock)
        {
            var entry = Get(partition);
            if (entry.High == long.MinValue || (nowMs > entry.High && nowMs - entry.High <= LongestGap))
            {
                entry.Advance(nowMs);
            }
        }
    }

    /// <summary>A partition has ended and holds nobody back any more.</summary>
    /// <param name="partition">The partition.</param>
    public void End(int partition)
    {
        lock (_lock)
        {
            var entry = Get(partition);
            entry.SettleLast();
            if (!entry.Ended)
            {
                entry.Ended = true;
                _ended++;
            }
        }
    }

    /// <summary>What is known of the partitions, for a checkpoint.</summary>
    /// <returns>One for each that has reported.</returns>
    public IReadOnlyList<PartitionArrivals> Snapshot()
    {
        lock (_lock)
        {
            return [.. _partitions.OrderBy(pair => pair.Key).Select(pair => pair.Value.Snapshot(pair.Key))];
        }
    }

    /// <summary>Takes up what <see cref="Snapshot"/> gave, when the partitions are the same ones.</summary>
    /// <param name="arrivals">What is known.</param>
    public void Restore(IReadOnlyList<PartitionArrivals> arrivals)
    {
        lock (_lock)
        {
            foreach (var known in arrivals)
            {
                Get(known.Partition).Restore(known);
            }
        }
    }

    private PartitionFrontier Get(int partition)
    {
        if (!_partitions.TryGetValue(partition, out var entry))
        {
            _partitions.Add(partition, entry = new PartitionFrontier());
        }

        return entry;
    }
}

/// <summary>Arrival stamps of consecutive rows that lie within <see cref="FrontierTracker.MaxStep"/> of each other.</summary>
/// <param name="Position">Place of the first one in its partition.</param>
/// <param name="Low">The smallest.</param>
/// <param name="High">The largest.</param>
/// <param name="Rows">How many.</param>
internal readonly record struct ArrivalStamps(long Position, long Low, long High, int Rows);

/// <summary>What is known of a partition's arrivals.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Low">The smallest stamp that counted; the largest number when none did.</param>
/// <param name="High">The largest stamp that counted; the smallest number when none did.</param>
/// <param name="Position">Place of the last run that counted.</param>
/// <param name="Pending">Runs that wait for confirmation.</param>
internal sealed record PartitionArrivals(int Partition, long Low, long High, long Position, IReadOnlyList<ArrivalStamps> Pending);
