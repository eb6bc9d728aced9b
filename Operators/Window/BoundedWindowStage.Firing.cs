using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;

namespace AkkaPrivacy.Operators.Window;

/// <content>Which windows or panes take rows, and firing.</content>
internal sealed unsafe partial class BoundedWindowStage
{
    private static readonly long EarliestMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LatestMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public override void OnFrontier(Frontier frontier, IOutlet<WindowAggregate> outlet)
    {
        _fireFromMs = frontier.FireFromMs;
        if (_grid.IsSliding)
        {
            FireSliding(frontier, outlet);
        }
        else
        {
            FireTumbling(frontier, outlet);
        }

        _fireUpToMs = Math.Max(_fireUpToMs, frontier.FireUpToMs);
        DropFiredPeriods();
        if (frontier.IsEndOfInput)
        {
            foreach (var window in _windows.EndingBy(long.MaxValue))
            {
                DiscardBeyond(window);
            }
        }
    }

    private void FireTumbling(Frontier frontier, IOutlet<WindowAggregate> outlet)
    {
        foreach (var window in _windows.EndingBy(frontier.FireUpToMs))
        {
            if (window.Window.StartMs < frontier.FireFromMs)
            {
                Discard(window, DeadLetterReason.AfterFiring);
            }
            else
            {
                var aggregate = window.Fire(window.Window, _totals, UsedIn(window.Window));
                _windows.Close(window);
                outlet.Push(aggregate);
            }
        }
    }

    // All of it depends on the row and on stored decisions to fire, never on other rows. A pane of which a window has fired
    // takes no more rows, so that a row counts in all of its windows or in none.
    private DeadLetterReason? Refusal(long pane)
    {
        if (pane < EarliestMs + (_plan.WindowMs - _plan.SlideMs) || pane > LatestMs - _plan.WindowMs)
        {
            return DeadLetterReason.TimeOutOfRange;
        }

        return Math.Max(_grid.FirstStart(pane), _fireFromMs) + _plan.WindowMs <= _fireUpToMs || _grid.LastStart(pane) < _fireFromMs
            ? DeadLetterReason.AfterFiring
            : null;
    }

    // Rows of a pane beyond the input's last window have counted when one of their windows has fired.
    private void DiscardBeyond(OpenWindow window)
    {
        if (Math.Max(_grid.FirstStart(window.StartMs), _fireFromMs) + _plan.WindowMs <= _fireUpToMs)
        {
            _windows.Close(window);
        }
        else
        {
            Discard(window, DeadLetterReason.TimeOutOfRange);
        }
    }

    private void Discard(OpenWindow window, DeadLetterReason reason)
    {
        Context.DeadLetters.Count(reason, window.Rows);
        _windows.Close(window);
    }

    private WindowsUsed? UsedIn(TimeWindow window)
    {
        if (_periods is null)
        {
            return null;
        }

        var start = _grid.PeriodOf(window.StartMs);
        if (!_periods.TryGetValue(start, out var used))
        {
            used = _sparePeriods.TryPop(out var spare) ? spare : new WindowsUsed();
            _periods.Add(start, used);
        }

        return used;
    }

    private void DropFiredPeriods()
    {
        while (_periods is { Count: > 0 } && _periods.First() is var (start, used) && start + _plan.PeriodMs <= _fireUpToMs)
        {
            _periods.Remove(start);
            used.Clear();
            if (_sparePeriods.Count == 0)
            {
                _sparePeriods.Push(used);
            }
        }
    }
}
