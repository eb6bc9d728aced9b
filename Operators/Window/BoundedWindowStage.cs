using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Bounds what each subject contributes to each window and aggregates it, in one state. Tumbling windows hold their
/// rows themselves; sliding ones are merged from panes. The README beside this file holds the contract.</summary>
internal sealed unsafe partial class BoundedWindowStage : Stage<EventBatch, WindowAggregate>
{
    private readonly BoundedWindowPlan _plan;
    private readonly WindowGrid _grid;
    private readonly string _subject;
    private readonly GroupTable? _known;
    private readonly KeyChunk? _keys;
    private readonly OpenWindows _windows;
    private readonly RowScratch _scratch;
    private readonly SortedDictionary<long, WindowsUsed>? _periods;
    private readonly Stack<WindowsUsed> _sparePeriods = new();
    private readonly GroupTotals _totals;
    private long _fireFromMs = long.MinValue;
    private long _fireUpToMs = long.MinValue;

    /// <summary>Makes the stage of one lane.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="subject">The subject's field, for dead letters.</param>
    /// <exception cref="ArgumentException">A bound, the window or a sum's range is out of range.</exception>
    public BoundedWindowStage(BoundedWindowPlan plan, string subject)
    {
        PlanGuard.Check(plan);
        _plan = plan;
        _grid = plan.Grid;
        _subject = subject;
        _known = GroupKeys.Known(plan);
        _keys = plan.GroupBy.Count == 0 ? null : new KeyChunk(plan.GroupBy);
        _windows = new OpenWindows(plan, _known);
        _givenUp = new GivenUpPanes(_grid);
        _scratch = new RowScratch(plan.Sums.Count);
        _periods = plan.Bounds.Windows < plan.WindowsPerPeriod ? [] : null;
        _totals = new GroupTotals(plan.ColumnCount);
    }

    /// <summary>Bytes of state held: open windows, spare ones, and the windows that subjects have used up.</summary>
    public long StateBytes => _windows.Bytes + (_merged is null ? 0 : _merged.Bytes - _merged.NotedBytes) + (_known?.Bytes ?? 0) + (_periods?.Values.Sum(period => period.Bytes) ?? 0);

    /// <summary>Number of open windows.</summary>
    public int OpenCount => _windows.Count;

    /// <inheritdoc />
    public override void OnBatch(EventBatch element, IOutlet<WindowAggregate> outlet)
    {
        using (element)
        {
            var rows = _scratch.Rest;
            var count = DropWithoutSubject(element, rows, RowScratch.CopySelection(element, rows));
            fixed (long* times = element.Int64(RowSchema.EventTime).Values)
            {
                AddByWindow(element, times, count);
            }
        }
    }

    private int DropWithoutSubject(EventBatch batch, int* rows, int count)
    {
        var tokens = batch.Tokens(_plan.SubjectSlot).Values;
        if (count == 0)
        {
            return 0;
        }

        // A word of a token is zero by chance once in 2^64 times, so without one all rows have subjects.
        var words = MemoryMarshal.Cast<Token, ulong>(tokens.AsSpan(rows[0], rows[count - 1] - rows[0] + 1));
        return words.Contains(0UL) ? DropMissing(batch, tokens, rows, count) : count;
    }

    private int DropMissing(EventBatch batch, Token[] tokens, int* rows, int count)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            if (tokens[row] == default)
            {
                Context.DeadLetters.Report(DeadLetterReason.MissingField, batch.Partition, batch.FirstPosition + row, _subject);
                continue;
            }

            rows[kept++] = row;
        }

        return kept;
    }

    // Rows are mostly of one or two windows: a few sweeps pick out one window each. What remains after them is of
    // many windows and is added in runs, since it is likely to be in order of time.
    private void AddByWindow(EventBatch batch, long* times, int count)
    {
        const int Sweeps = 4;
        var rest = _scratch.Rest;
        for (var sweep = 0; sweep < Sweeps && count > 0; sweep++)
        {
            var start = _grid.PaneOf(times[rest[0]]);
            if (RowScratch.AreAllInside(times, rest, count, start, _grid.SlideMs))
            {
                AddToWindow(batch, start, rest, count);
                return;
            }

            var taken = RowScratch.Part(times, rest, ref count, start, _grid.SlideMs, _scratch.Taken);
            AddToWindow(batch, start, _scratch.Taken, taken);
        }

        for (var begin = 0; begin < count;)
        {
            var start = _grid.PaneOf(times[rest[begin]]);
            var end = begin + 1;
            while (end < count && IsInside(times[rest[end]], start))
            {
                end++;
            }

            AddToWindow(batch, start, rest + begin, end - begin);
            begin = end;
        }
    }

    private bool IsInside(long time, long start) => (ulong)(time - start) < (ulong)_grid.SlideMs;

    private void AddToWindow(EventBatch batch, long start, int* rows, int count)
    {
        if (Refusal(start) is { } reason)
        {
            LeaveOut(reason, batch, start, rows, count);
            return;
        }

        if (!_givenUp.IsEmpty && _givenUp.Contains(start))
        {
            LeaveOut(DeadLetterReason.StateLimit, batch, start, rows, count);
            return;
        }

        var window = _windows.Find(start);
        for (var done = 0; done < count; done += KeyChunk.Rows)
        {
            var chunk = rows + done;
            var size = Math.Min(KeyChunk.Rows, count - done);
            if (_known is not null)
            {
                size = KeepKnown(batch, start, chunk, size);
            }

            if (size > 0 && !TryAddChunk(batch, window ??= Open(start), chunk, size))
            {
                LeaveOut(DeadLetterReason.StateLimit, batch, start, chunk, size);
                AddToWindow(batch, start, chunk + KeyChunk.Rows, Math.Max(0, count - done - KeyChunk.Rows));
                return;
            }
        }
    }

    // Leaves the rows whose keys are known, with their groups.
    private int KeepKnown(EventBatch batch, long start, int* rows, int count)
    {
        var groups = _scratch.Groups;
        if (_keys is null)
        {
            new Span<int>(groups, count).Clear();
            return count;
        }

        _keys.Read(batch, rows, count);
        _known!.Resolve(_keys, groups, count, canAdd: false);
        var tells = Context.DeadLetters.Wants(DeadLetterReason.UnknownKey);
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            if (tells && groups[i] < 0)
            {
                Context.DeadLetters.Tell(DeadLetterReason.UnknownKey, batch, rows[i], Pane(start));
            }

            (rows[kept], groups[kept]) = (rows[i], groups[i]);
            kept += groups[i] >= 0 ? 1 : 0;
        }

        if (kept < count)
        {
            Context.DeadLetters.Count(DeadLetterReason.UnknownKey, count - kept);
        }

        return kept;
    }

    private OpenWindow Open(long start)
    {
        var window = _windows.Open(start);
        Note();
        return window;
    }

    private bool TryAddChunk(EventBatch batch, OpenWindow window, int* rows, int count)
    {
        if (!HasRoom(window, count))
        {
            return false;
        }

        if (_known is null)
        {
            _keys!.Read(batch, rows, count);
            window.Groups.Resolve(_keys, _scratch.Groups, count, canAdd: true);
        }

        window.Rows += count;
        _scratch.GatherMeasures(batch, _plan.Sums, rows, count);
        fixed (Token* tokens = batch.Tokens(_plan.SubjectSlot).Values)
        {
            window.Subjects.Add(_scratch.TokensOf(tokens, rows, count), _scratch.Groups, count, _scratch.Measures);
        }

        if (window.Bytes != window.NotedBytes)
        {
            Note(window);
        }

        if (HasTooManyGroups(window))
        {
            window.Rows -= count;
            GiveUp(window);
            return false;
        }

        return true;
    }
}
