using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Window;

/// <content>Windows that are sums of panes. A row is added to its pane alone; a window that fires merges its panes.</content>
internal sealed unsafe partial class BoundedWindowStage
{
    private OpenWindow? _merged;

    private void FireSliding(Frontier frontier, IOutlet<WindowAggregate> outlet)
    {
        var panes = _windows.EndingBy(long.MaxValue);
        foreach (var start in Due(panes, frontier))
        {
            var window = _grid.At(start);
            var merged = _merged ??= _windows.Spare();
            merged.Open(window, _grid.PeriodOf(start));
            for (var pane = start; pane < window.EndMs; pane += _plan.SlideMs)
            {
                if (_windows.Find(pane) is { } part)
                {
                    merged.Absorb(part);
                }
            }

            outlet.Push(merged.Fire(window, _totals, UsedIn(window)));
            merged.Clear();
        }

        foreach (var pane in panes)
        {
            ClosePane(pane, frontier);
        }
    }

    // The windows that fire now and took a row, in order.
    private SortedSet<long> Due(IReadOnlyList<OpenWindow> panes, Frontier frontier)
    {
        var due = new SortedSet<long>();
        foreach (var pane in panes)
        {
            var start = Math.Max(_grid.FirstStart(pane.StartMs), _grid.NextStart(Math.Max(frontier.FireFromMs, EarliestMs)));
            for (; start <= _grid.LastStart(pane.StartMs) && start + _plan.WindowMs <= frontier.FireUpToMs; start += _plan.SlideMs)
            {
                if (start + _plan.WindowMs > _fireUpToMs)
                {
                    due.Add(start);
                }
            }
        }

        return due;
    }

    private void ClosePane(OpenWindow pane, Frontier frontier)
    {
        var last = _grid.LastStart(pane.StartMs);
        if (last + _plan.WindowMs > frontier.FireUpToMs)
        {
            return;
        }

        if (last < frontier.FireFromMs)
        {
            Discard(pane, DeadLetterReason.AfterFiring);
        }
        else
        {
            _windows.Close(pane);
        }
    }
}
