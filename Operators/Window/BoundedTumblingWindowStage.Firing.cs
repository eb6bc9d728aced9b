using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;

namespace AkkaPrivacy.Operators.Window;

/// <content>Which windows take rows, and firing.</content>
internal sealed unsafe partial class BoundedTumblingWindowStage
{
    private static readonly long EarliestMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LatestMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <inheritdoc />
    public override void OnFrontier(Frontier frontier, IOutlet<WindowAggregate> outlet)
    {
        _fireFromMs = frontier.FireFromMs;
        foreach (var window in _windows.EndingBy(frontier.FireUpToMs))
        {
            if (window.Window.StartMs < frontier.FireFromMs)
            {
                Discard(window, DeadLetterReason.AfterFiring);
            }
            else
            {
                var aggregate = window.Fire(_totals, UsedIn(window.Window));
                _windows.Close(window);
                outlet.Push(aggregate);
            }
        }

        _fireUpToMs = Math.Max(_fireUpToMs, frontier.FireUpToMs);
        DropFiredPeriods();
        if (frontier.IsEndOfInput)
        {
            foreach (var window in _windows.EndingBy(long.MaxValue))
            {
                Discard(window, DeadLetterReason.TimeOutOfRange);
            }
        }
    }

    // The start is exact modulo 2^64 also where it wraps, so that a row always lies inside its own window.
    private long WindowStart(long timeMs) => TimeWindow.FloorTo(timeMs, _plan.WindowMs);

    // All of it depends on the row and on stored decisions to fire, never on other rows.
    private DeadLetterReason? Refusal(long start)
    {
        if (start < EarliestMs || start > LatestMs - _plan.WindowMs)
        {
            return DeadLetterReason.TimeOutOfRange;
        }

        return start + _plan.WindowMs <= _fireUpToMs || start < _fireFromMs ? DeadLetterReason.AfterFiring : null;
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

        var start = TimeWindow.FloorTo(window.StartMs, _plan.PeriodMs);
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
