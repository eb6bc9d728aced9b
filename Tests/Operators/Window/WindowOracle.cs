using System.IO.Hashing;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Tests.Operators.Window;

/// <summary>What should come out, computed the obvious way from plain rows.</summary>
public sealed class WindowOracle
{
    private readonly BoundedWindowPlan _plan;
    private readonly HashSet<string>? _known;
    private readonly Dictionary<(Token, long Period), int> _used = [];
    private readonly List<(PlainRow Row, TimeWindow[] Windows, string Key)> _open = [];
    private long _fireFrom = long.MinValue;
    private long _fireUpTo = long.MinValue;

    public WindowOracle(WindowCase given)
    {
        _plan = given.Plan;
        _known = _plan.GroupBy.Count == 0 ? null : _plan.KnownKeys?.Select(parts => string.Join('\u0001', parts)).ToHashSet();
        foreach (var segment in given.Segments)
        {
            segment.Rows.ToList().ForEach(Take);
            Fire(segment.Frontier);
        }
    }

    public WindowOutcome Outcome { get; } = new();

    private void Take(PlainRow row)
    {
        if (row.Token == default)
        {
            Outcome.Count(DeadLetterReason.MissingField);
            return;
        }

        if (row.TimeMs is long.MinValue or long.MaxValue)
        {
            Outcome.Count(DeadLetterReason.TimeOutOfRange);
            return;
        }

        var windows = Windows(row.TimeMs);
        var key = string.Join('\u0001', row.Parts.Select(part => $"{part}"));
        var fireable = windows.Where(window => window.StartMs >= _fireFrom).ToList();
        var first = fireable.Count == 0 ? long.MinValue : Math.Max(windows[0].StartMs, _fireFrom) + _plan.WindowMs;
        if (first <= _fireUpTo || fireable.Count == 0)
        {
            Outcome.Count(DeadLetterReason.AfterFiring);
        }
        else if (_known?.Contains(key) == false)
        {
            Outcome.Count(DeadLetterReason.UnknownKey);
        }
        else
        {
            _open.Add((row, windows, key));
        }
    }

    // All windows that hold an instant and lie within one period, in order.
    private TimeWindow[] Windows(long timeMs)
    {
        var last = TimeWindow.FloorTo(timeMs, _plan.SlideMs);
        var starts = Enumerable.Range(0, (int)(_plan.WindowMs / _plan.SlideMs)).Select(i => last - (i * _plan.SlideMs)).Order();
        return [.. starts.Select(start => new TimeWindow(start, start + _plan.WindowMs)).Where(window => Period(window.StartMs) == Period(window.EndMs - 1) && Period(timeMs) == Period(window.StartMs))];
    }

    private long Period(long timeMs) => TimeWindow.FloorTo(timeMs, _plan.PeriodMs);

    private void Fire(Frontier frontier)
    {
        var before = _fireUpTo;
        _fireFrom = frontier.FireFromMs;
        _fireUpTo = Math.Max(_fireUpTo, frontier.FireUpToMs);
        foreach (var window in _open.SelectMany(x => x.Windows).Distinct().Where(w => w.EndMs > before && w.EndMs <= frontier.FireUpToMs && w.StartMs >= _fireFrom).Order().ToList())
        {
            FireWindow(window, [.. _open.Where(x => x.Windows.Contains(window)).Select(x => (x.Row, x.Key))]);
        }

        bool IsOver((PlainRow Row, TimeWindow[] Windows, string Key) x) => x.Windows[^1].EndMs <= frontier.FireUpToMs;
        Outcome.Count(DeadLetterReason.AfterFiring, _open.Count(x => IsOver(x) && x.Windows[^1].StartMs < _fireFrom));
        _open.RemoveAll(IsOver);
        if (frontier.IsEndOfInput)
        {
            Outcome.Count(DeadLetterReason.TimeOutOfRange, _open.Count(x => Math.Max(x.Windows[0].StartMs, _fireFrom) + _plan.WindowMs > _fireUpTo));
            _open.Clear();
        }
    }

    private void FireWindow(TimeWindow window, List<(PlainRow Row, string Key)> rows)
    {
        Outcome.Touch(window.StartMs);
        var period = TimeWindow.FloorTo(window.StartMs, _plan.PeriodMs);
        foreach (var subject in rows.GroupBy(x => x.Row.Token))
        {
            var used = _used.GetValueOrDefault((subject.Key, period));
            if (used >= _plan.Bounds.Windows)
            {
                continue;
            }

            _used[(subject.Key, period)] = used + 1;
            foreach (var group in subject.GroupBy(x => x.Key).OrderBy(group => Priority(subject.Key, group.Key, window)).Take(_plan.Bounds.Groups))
            {
                long[] sums = [.. _plan.Sums.Select((field, i) => Clamp(group.Select(x => x.Row.Measures[i] ?? 0), field))];
                Outcome.Add(window.StartMs, group.Key, Math.Min(group.Count(), _plan.Bounds.RowsPerGroup), 1, sums);
            }
        }
    }

    private ulong Priority(Token token, string key, TimeWindow window)
    {
        var encoded = _plan.GroupBy.Count == 0 ? [] : WindowAggregate.EncodeKey(key.Split('\u0001'));
        return GroupPriority.Of(token, XxHash3.HashToUInt64(encoded, GroupTable.StableSeed), _plan.SlideMs == _plan.WindowMs ? window.StartMs : Period(window.StartMs));
    }

    private static long Clamp(IEnumerable<long> values, SumField field) =>
        (long)Int128.Clamp(values.Aggregate(Int128.Zero, (sum, value) => sum + value), field.Lower, field.Upper);
}
