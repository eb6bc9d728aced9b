using AkkaPrivacy.Engine.Batches;
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
        var panes = _windows.EndingBy(long.MaxValue);
        foreach (var start in Due(panes, frontier))
        {
            outlet.Push(Fire(_grid.At(start)));
        }

        foreach (var pane in panes)
        {
            ClosePane(pane, frontier);
        }

        _fireUpToMs = Math.Max(_fireUpToMs, frontier.FireUpToMs);
        _givenUp.Drop(_fireUpToMs);
        DropFiredPeriods();
        if (frontier.IsEndOfInput)
        {
            foreach (var window in _windows.EndingBy(long.MaxValue))
            {
                DiscardBeyond(window);
            }
        }

        Note();
    }

    // The windows that fire now and took a row, in order.
    private SortedSet<long> Due(IReadOnlyList<OpenWindow> panes, Frontier frontier)
    {
        var due = new SortedSet<long>();
        var givenUp = _givenUp.Between(Math.Max(Math.Max(frontier.FireFromMs, _fireUpToMs) - _plan.WindowMs, EarliestMs), frontier.FireUpToMs);
        foreach (var pane in panes.Select(pane => pane.StartMs).Concat(givenUp))
        {
            var start = Math.Max(_grid.FirstStart(pane), _grid.NextStart(Math.Max(frontier.FireFromMs, EarliestMs)));
            for (; start <= _grid.LastStart(pane) && start + _plan.WindowMs <= frontier.FireUpToMs; start += _plan.SlideMs)
            {
                if (start + _plan.WindowMs > _fireUpToMs)
                {
                    due.Add(start);
                }
            }
        }

        return due;
    }

    private WindowAggregate Fire(TimeWindow window)
    {
        for (var pane = window.StartMs; !_givenUp.IsEmpty && pane < window.EndMs; pane += _plan.SlideMs)
        {
            if (_givenUp.Contains(pane))
            {
                var nothing = new WindowAggregate(window, _plan.GroupBy.Count, _plan.ColumnCount);
                nothing.GiveUp();
                return nothing;
            }
        }

        return _grid.IsSliding ? Merge(window) : _windows.Find(window.StartMs)!.Fire(window, _totals, UsedIn(window));
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

    private TimeWindow Pane(long start) => new(start, start + _grid.SlideMs);

    // A pane out of range may lie beyond what an instant can say.
    private void LeaveOut(DeadLetterReason reason, EventBatch batch, long pane, int* rows, int count)
    {
        Context.DeadLetters.Count(reason, count);
        for (var i = 0; i < count && Context.DeadLetters.Wants(reason); i++)
        {
            Context.DeadLetters.Tell(reason, batch, rows[i], reason == DeadLetterReason.TimeOutOfRange ? null : Pane(pane));
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
