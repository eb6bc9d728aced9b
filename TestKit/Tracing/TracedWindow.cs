using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>A bounded window that is watched. How far the log had come is part of its state, so that after a crash log and state
/// go on from the same place.</summary>
/// <param name="inner">The stage.</param>
/// <param name="plan">Its plan.</param>
/// <param name="logOf">The log of a lane.</param>
internal sealed class TracedWindow(Stage<EventBatch, WindowAggregate> inner, BoundedWindowPlan plan, Func<int, WindowLog> logOf) : Stage<EventBatch, WindowAggregate>
{
    private WindowLog? _log;
    private bool _restored;
    private bool _begun;

    private WindowLog Log
    {
        get
        {
            if (!_begun && !_restored)
            {
                _log!.CutTo(0);
            }

            _begun = true;
            return _log!;
        }
    }

    public override void Start(StageContext context)
    {
        base.Start(context);
        _log = logOf(context.Lane);
        inner.Start(context);
    }

    public override void OnBatch(EventBatch element, IOutlet<WindowAggregate> outlet)
    {
        foreach (var row in element.SelectedRows)
        {
            Log.Add(new WindowEntry(Read(element, row), default));
        }

        inner.OnBatch(element, outlet);
    }

    public override void OnFrontier(Frontier frontier, IOutlet<WindowAggregate> outlet)
    {
        Log.Add(new WindowEntry(null, frontier));
        inner.OnFrontier(frontier, outlet);
    }

    public override void OnIdle(IOutlet<WindowAggregate> outlet) => inner.OnIdle(outlet);

    public override void Snapshot(SnapshotWriter writer)
    {
        writer.Write((long)Log.Entries.Count);
        inner.Snapshot(writer);
    }

    public override void Restore(SnapshotReader reader)
    {
        _restored = true;
        Log.CutTo(reader.ReadInt32(0, int.MaxValue));
        inner.Restore(reader);
    }

    public override void Complete(IOutlet<WindowAggregate> outlet) => inner.Complete(outlet);

    public override void Fail(Exception cause) => inner.Fail(cause);

    private BoundedRow Read(EventBatch batch, int row)
    {
        var texts = new Dictionary<int, byte[]?>();
        var numbers = new Dictionary<int, long>();
        foreach (var field in plan.GroupBy)
        {
            if (field.Type == ColumnType.Text)
            {
                var column = batch.Text(field.Slot);
                texts[field.Slot] = column.Spans[row].IsMissing ? null : column[row].ToArray();
            }
            else
            {
                numbers[field.Slot] = batch.Int64(field.Slot).Values[row];
            }
        }

        foreach (var sum in plan.Sums)
        {
            numbers[sum.Slot] = batch.Int64(sum.Slot).Values[row];
        }

        return new BoundedRow(
            batch.FirstPosition + row, batch.Int64(RowSchema.EventTime).Values[row], batch.Tokens(plan.SubjectSlot).Values[row], texts, numbers);
    }
}
