using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Window;

/// <content>Windows that are sums of panes. A row is added to its pane alone; a window that fires merges its panes.</content>
internal sealed unsafe partial class BoundedWindowStage
{
    private OpenWindow? _merged;

    private WindowAggregate Merge(TimeWindow window)
    {
        var merged = _merged ??= _windows.Spare();
        merged.Open(window, _grid.PeriodOf(window.StartMs));
        for (var pane = window.StartMs; pane < window.EndMs; pane += _plan.SlideMs)
        {
            if (_windows.Find(pane) is { } part)
            {
                merged.Absorb(part);
            }
        }

        var aggregate = merged.Fire(window, _totals, UsedIn(window));
        merged.Clear();
        return aggregate;
    }
}
