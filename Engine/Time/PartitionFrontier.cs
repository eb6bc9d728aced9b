namespace AkkaPrivacy.Engine.Time;

/// <summary>How far the arrival stamps of one partition have come, and the runs of which that is not certain yet.</summary>
internal sealed class PartitionFrontier
{
    private const int MostPending = 8;
    private const int MostKept = 2;

    // In order of position. A few are looked at together, so that the first stamps may be damaged as well, and a damaged one
    // behind a sound one that waits does not take its place.
    private readonly List<ArrivalStamps> _pending = [];
    private long _position = long.MinValue;

    public long Low { get; private set; } = long.MaxValue;

    public long High { get; private set; } = long.MinValue;

    public bool Ended { get; set; }

    private bool IsKnown => High != long.MinValue;

    public bool IsNear(ArrivalStamps stamps) => IsKnown && !IsBehind(stamps) && stamps.Low - High <= FrontierTracker.MaxStep;

    public bool IsBehind(ArrivalStamps stamps) => IsKnown && High - stamps.High > FrontierTracker.MaxStep;

    /// <summary>Takes a run that is certain, with those before it that it confirms.</summary>
    public void Confirm(ArrivalStamps stamps)
    {
        var next = stamps;
        for (var i = _pending.Count - 1; i >= 0; i--)
        {
            if (_pending[i].Position < stamps.Position)
            {
                if (Confirms(next, _pending[i]))
                {
                    next = _pending[i];
                    Apply(next);
                }

                _pending.RemoveAt(i);
            }
        }

        Apply(stamps);
        JudgeLater();
    }

    // Another lane was faster: these stamps stand before what counted already and are its past, not damaged.
    public void ApplyEarlier(ArrivalStamps stamps)
    {
        if (stamps.Position < _position && Low - stamps.High <= FrontierTracker.LongestGap)
        {
            Low = Math.Min(Low, stamps.Low);
        }
    }

    /// <summary>Takes a run that another one must confirm.</summary>
    public void Wait(ArrivalStamps stamps)
    {
        // Where a lower run behind it counted already, because its lane was faster, it is contradicted.
        if (IsKnown && stamps.Position < _position)
        {
            return;
        }

        var place = _pending.FindIndex(pending => pending.Position > stamps.Position);
        _pending.Insert(place < 0 ? _pending.Count : place, stamps);
        var chain = LongestChain();
        if (IsKnown ? chain.Count < 2 : _pending.Count < MostPending && Rows(chain) < FrontierTracker.EnoughRows)
        {
            _pending.RemoveRange(0, IsKnown ? Math.Max(0, _pending.Count - MostKept) : 0);
            return;
        }

        chain.SkipLast(1).ToList().ForEach(Apply);
        _pending.Clear();
        if (IsNear(chain[^1]))
        {
            Apply(chain[^1]);
        }
        else
        {
            _pending.Add(chain[^1]);
        }
    }

    /// <summary>The source's clock stands there, and nothing that was read before is still on its way.</summary>
    public void Advance(long nowMs)
    {
        var next = new ArrivalStamps(_position, nowMs, nowMs, 0);
        for (var i = _pending.Count - 1; i >= 0; i--)
        {
            if (Confirms(next, _pending[i]))
            {
                next = _pending[i];
                Apply(next);
            }
        }

        _pending.Clear();
        (Low, High) = (Math.Min(Low, nowMs), Math.Max(High, nowMs));
    }

    /// <summary>Nothing follows: decides about what still waits.</summary>
    public void SettleLast()
    {
        if (!IsKnown)
        {
            LongestChain().ForEach(Apply);
        }
        else if (_pending.FindLastIndex(run => run.Low - High <= FrontierTracker.LongestGap) is var near and >= 0)
        {
            Apply(_pending[near]);
        }
        else if (_pending is [var last] && last.Rows > 1)
        {
            Apply(last);
        }

        _pending.Clear();
    }

    public PartitionArrivals Snapshot(int partition) => new(partition, Low, High, _position, [.. _pending]);

    public void Restore(PartitionArrivals known)
    {
        (Low, High, _position) = (known.Low, known.High, known.Position);
        _pending.AddRange(known.Pending);
    }

    // What waits counts if a run behind it in the partition is no lower; otherwise it was damaged. Without the limit a
    // damaged stamp of the far past would be confirmed by any other.
    private static bool Confirms(ArrivalStamps next, ArrivalStamps pending) =>
        next.High >= pending.Low - FrontierTracker.MaxStep && next.Low - pending.High <= FrontierTracker.LongestGap;

    // Runs behind one that is certain, whose lanes were faster, are judged as if they came now.
    private void JudgeLater()
    {
        var later = _pending.ToArray();
        _pending.Clear();
        foreach (var run in later)
        {
            if (IsNear(run))
            {
                Apply(run);
            }
            else if (IsBehind(run))
            {
                ApplyEarlier(run);
            }
            else
            {
                Wait(run);
            }
        }
    }

    private void Apply(ArrivalStamps stamps)
    {
        Low = Math.Min(Low, stamps.Low);
        High = Math.Max(High, stamps.High);
        _position = Math.Max(_position, stamps.Position);
    }

    // The pending runs, each confirmed by the next one, that have the most rows.
    private List<ArrivalStamps> LongestChain()
    {
        var chains = new List<List<ArrivalStamps>>();
        foreach (var run in _pending)
        {
            var before = chains.Where(chain => Confirms(run, chain[^1])).MaxBy(Rows);
            chains.Add([.. before ?? [], run]);
        }

        return chains.MaxBy(Rows) ?? [];
    }

    private static int Rows(List<ArrivalStamps> chain) => chain.Sum(run => run.Rows);
}
