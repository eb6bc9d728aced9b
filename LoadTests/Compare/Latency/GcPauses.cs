using System.Diagnostics.Tracing;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>Pauses of the collector while it exists: from the runtime's own events, and their total from the collector.</summary>
internal sealed class GcPauses : EventListener
{
    private const string RuntimeSource = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords GcKeyword = (EventKeywords)1;
    private const int RestartEnd = 3;
    private const int SuspendBegin = 9;
    private readonly TimeSpan _before = GC.GetTotalPauseDuration();
    private readonly int _collectionsBefore = GC.CollectionCount(0);
    private readonly Lock _lock = new();
    private DateTime? _suspended;
    private TimeSpan _longest;

    /// <summary>Collections so far.</summary>
    public int Collections => GC.CollectionCount(0) - _collectionsBefore;

    /// <summary>How long threads stood still in all, in milliseconds.</summary>
    public double TotalMs => (GC.GetTotalPauseDuration() - _before).TotalMilliseconds;

    /// <summary>The longest pause, in milliseconds; events may come a little late.</summary>
    public double LongestMs
    {
        get
        {
            lock (_lock)
            {
                return _longest.TotalMilliseconds;
            }
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == RuntimeSource)
        {
            EnableEvents(eventSource, EventLevel.Informational, GcKeyword);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // The base constructor may enable events before this object's own fields are there.
        if (_lock is null)
        {
            return;
        }

        lock (_lock)
        {
            if (eventData.EventId == SuspendBegin)
            {
                _suspended = eventData.TimeStamp;
            }
            else if (eventData.EventId == RestartEnd && _suspended is { } begin)
            {
                _longest = TimeSpan.FromTicks(Math.Max(_longest.Ticks, (eventData.TimeStamp - begin).Ticks));
                _suspended = null;
            }
        }
    }
}
