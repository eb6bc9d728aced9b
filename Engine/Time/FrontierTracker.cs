namespace AkkaPrivacy.Engine.Time;

/// <summary>
/// How far the arrival stamps of each partition have come. The pipeline's frontier is the smallest of the partitions that
/// have not ended; it never moves back. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Stamps are the operator's own, but a damaged one must not fire every window at once. So stamps that lie more than
/// <see cref="MaxStep"/> from the frontier move it only when <see cref="EnoughRows"/> of one batch agree, or when the next
/// batch confirms them.
/// </remarks>
internal sealed class FrontierTracker
{
    /// <summary>How far a stamp may lie from the frontier, or from the median of its batch, without confirmation: one day.</summary>
    public const long MaxStep = 24 * 3600 * 1000L;

    /// <summary>So many rows of one batch confirm each other.</summary>
    public const int EnoughRows = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Partition> _partitions = [];
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

    /// <summary>Reports the stamps of a batch.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="stamps">Their summary.</param>
    public void Report(int partition, ArrivalStamps stamps)
    {
        lock (_lock)
        {
            var entry = Get(partition);
            if (stamps.Rows >= EnoughRows || (entry.High != long.MinValue && Math.Abs(stamps.Median - entry.High) <= MaxStep))
            {
                entry.Pending = null;
                entry.Apply(stamps);
            }
            else if (entry.Pending is { } pending && stamps.Median >= pending.Median - MaxStep)
            {
                entry.Pending = stamps;
                entry.Apply(pending);
            }
            else
            {
                entry.Pending = stamps;
            }
        }
    }

    /// <summary>Moves an idle partition by its source's own clock.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="nowMs">The source's clock.</param>
    public void Advance(int partition, long nowMs)
    {
        lock (_lock)
        {
            var entry = Get(partition);
            entry.High = Math.Max(entry.High, nowMs);
            entry.Low = Math.Min(entry.Low, nowMs);
        }
    }

    /// <summary>A partition has ended and holds nobody back any more.</summary>
    /// <param name="partition">The partition.</param>
    public void End(int partition)
    {
        lock (_lock)
        {
            var entry = Get(partition);
            if (entry.Pending is { } pending && (pending.Rows > 1 || entry.High == long.MinValue || Math.Abs(pending.Median - entry.High) <= MaxStep))
            {
                entry.Apply(pending);
            }

            if (!entry.Ended)
            {
                entry.Ended = true;
                _ended++;
            }
        }
    }

    private Partition Get(int partition)
    {
        if (!_partitions.TryGetValue(partition, out var entry))
        {
            _partitions.Add(partition, entry = new Partition());
        }

        return entry;
    }

    private sealed class Partition
    {
        public long Low { get; set; } = long.MaxValue;

        public long High { get; set; } = long.MinValue;

        public ArrivalStamps? Pending { get; set; }

        public bool Ended { get; set; }

        public void Apply(ArrivalStamps stamps)
        {
            Low = Math.Min(Low, stamps.Low);
            High = Math.Max(High, stamps.High);
        }
    }
}

/// <summary>Arrival stamps of one batch: those that lie within <see cref="FrontierTracker.MaxStep"/> of their median.</summary>
/// <param name="Median">The median, of a sample.</param>
/// <param name="Low">The smallest.</param>
/// <param name="High">The largest.</param>
/// <param name="Rows">How many.</param>
internal readonly record struct ArrivalStamps(long Median, long Low, long High, int Rows);
