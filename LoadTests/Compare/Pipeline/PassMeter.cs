using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>Counts what is released, and what is allocated between the second window of a pass and its last: by then pools
/// and tables have their size.</summary>
internal sealed class PassMeter : IBoundedTruthTap
{
    private int _windows;
    private long _second;
    private long _bytes;
    private long _events;

    /// <summary>Events counted in this pass.</summary>
    public long Counted { get; private set; }

    /// <summary>Bytes allocated per event over all passes; null when no pass had three windows.</summary>
    public double? BytesPerEvent => _events == 0 ? null : (double)_bytes / _events;

    /// <summary>Takes the exact counts; null for none.</summary>
    public ExactCounts? Exact { get; set; }

    /// <summary>A pass begins.</summary>
    public void Begin()
    {
        _windows = 0;
        Counted = 0;
    }

    public void OnRelease(ReleaseId id, QueryPlan query, WindowAggregate aggregate)
    {
        foreach (var rows in aggregate.Rows)
        {
            Counted += rows;
        }

        Exact?.Add(aggregate);
        var allocated = GC.GetTotalAllocatedBytes();
        if (++_windows == 2)
        {
            _second = allocated;
        }
        else if (_windows > 2)
        {
            _bytes += allocated - _second;
            _events += JsonLines.EventsPerMinute;
            _second = allocated;
        }
    }
}
