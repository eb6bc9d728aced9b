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
    private readonly List<(PlainRow Row, TimeWindow Window, string Key)> _open = [];
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

        var window = TimeWindow.Containing(row.TimeMs, _plan.WindowMs);
        var key = string.Join('\u0001', row.Parts.Select(part => $"{part}"));
        if (window.EndMs <= _fireUpTo || window.StartMs < _fireFrom)
        {
            Outcome.Count(DeadLetterReason.AfterFiring);
        }
        else if (_known?.Contains(key) == false)
        {
            Outcome.Count(DeadLetterReason.UnknownKey);
        }
        else
        {
            _open.Add((row, window, key));
        }
    }

    private void Fire(Frontier frontier)
    {
        _fireFrom = frontier.FireFromMs;
        _fireUpTo = Math.Max(_fireUpTo, frontier.FireUpToMs);
        foreach (var rows in _open.Where(x => x.Window.EndMs <= frontier.FireUpToMs).GroupBy(x => x.Window).OrderBy(x => x.Key).ToList())
        {
            if (rows.Key.StartMs < frontier.FireFromMs)
            {
                Outcome.Count(DeadLetterReason.AfterFiring, rows.Count());
            }
            else
            {
                FireWindow(rows.Key, [.. rows.Select(x => (x.Row, x.Key))]);
            }
        }

        _open.RemoveAll(x => x.Window.EndMs <= frontier.FireUpToMs);
        if (frontier.IsEndOfInput)
        {
            Outcome.Count(DeadLetterReason.TimeOutOfRange, _open.Count);
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
        return GroupPriority.Of(token, XxHash3.HashToUInt64(encoded, GroupTable.StableSeed), window.StartMs);
    }

    private static long Clamp(IEnumerable<long> values, SumField field) =>
        (long)Int128.Clamp(values.Aggregate(Int128.Zero, (sum, value) => sum + value), field.Lower, field.Upper);
}
