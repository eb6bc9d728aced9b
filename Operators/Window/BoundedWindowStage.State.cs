using System.Globalization;
using System.IO.Hashing;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Operators.Bound;

namespace AkkaPrivacy.Operators.Window;

/// <content>Snapshot and restore: version, shape of the plan, decisions to fire, periods, open windows.</content>
internal sealed unsafe partial class BoundedWindowStage
{
    // Version 1 has no windows that were given up.
    private const int Version = 2;

    /// <inheritdoc />
    public override void Snapshot(SnapshotWriter writer)
    {
        writer.Write(Version);
        writer.Write(Shape());
        writer.Write(_fireFromMs);
        writer.Write(_fireUpToMs);
        writer.Write(_periods?.Count ?? 0);
        foreach (var (start, used) in _periods ?? [])
        {
            writer.Write(start);
            used.Write(writer);
        }

        writer.Write(_windows.Count);
        foreach (var window in _windows.EndingBy(long.MaxValue))
        {
            writer.Write(window.StartMs);
            writer.Write(window.Rows);
            window.Write(writer);
        }

        _givenUp.Write(writer);
    }

    /// <inheritdoc />
    public override void Restore(SnapshotReader reader)
    {
        var version = reader.ReadInt32(1, Version);
        if (reader.ReadString() != Shape())
        {
            throw new SnapshotException(
                "The stored state was made under other fields, keys, bounds, sums or windows. Restore the former pipeline, or start from an empty state.");
        }

        _fireFromMs = reader.ReadInt64();
        _fireUpToMs = reader.ReadInt64();
        RestorePeriods(reader);
        var count = reader.ReadInt32(0, int.MaxValue);
        for (var i = 0; i < count; i++)
        {
            RestoreWindow(reader);
        }

        if (version > 1)
        {
            _givenUp.Read(reader);
        }

        Note();
    }

    private void RestorePeriods(SnapshotReader reader)
    {
        var count = reader.ReadInt32(0, _periods is null ? 0 : int.MaxValue);
        for (var i = 0; i < count; i++)
        {
            var start = reader.ReadInt64();
            Require(
                start >= EarliestMs - _plan.PeriodMs && start <= LatestMs && TimeWindow.FloorTo(start, _plan.PeriodMs) == start && !_periods!.ContainsKey(start),
                "a period's start is not possible");
            UsedIn(new TimeWindow(start, start + _plan.WindowMs))!.Read(reader, _plan.Bounds.Windows);
        }
    }

    private void RestoreWindow(SnapshotReader reader)
    {
        var start = reader.ReadInt64();
        Require(Refusal(start) != DeadLetterReason.TimeOutOfRange && _grid.PaneOf(start) == start && _grid.LastStart(start) + _plan.WindowMs > _fireUpToMs && _windows.Find(start) is null, "a window's start is not possible");
        var window = _windows.Open(start);
        window.Rows = reader.ReadInt64();
        Require(window.Rows >= 0, "a number of rows is negative");
        window.Read(reader);
        _windows.Note(window);
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SnapshotException($"The stored state is damaged: {what}.");
        }
    }

    // What the state means depends on; slots may differ from run to run.
    private string Shape()
    {
        var fields = string.Join(',', _plan.GroupBy.Select(field => $"{field.Name}:{field.Type}"));
        var sums = string.Join(',', _plan.Sums.Select(sum => string.Create(CultureInfo.InvariantCulture, $"{sum.Field}:{sum.Lower}:{sum.Upper}:{sum.Resolution}")));
        var bounds = $"{_plan.Bounds.Groups}/{_plan.Bounds.RowsPerGroup}/{_plan.Bounds.Windows}";
        return $"subject={_subject} fields={fields} keys={KnownKeysHash()} bounds={bounds} sums={sums} window={_plan.WindowMs}{(_grid.IsSliding ? $" slide={_plan.SlideMs}" : string.Empty)} period={_plan.PeriodMs}";
    }

    private string KnownKeysHash()
    {
        if (_known is null)
        {
            return "unknown";
        }

        var hash = new XxHash128();
        for (var group = 0; group < _known.Count; group++)
        {
            hash.Append(BitConverter.GetBytes(_known.Key(group).Length));
            hash.Append(_known.Key(group));
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }
}
