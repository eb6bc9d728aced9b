using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Supervision;

/// <summary>
/// A row stage that goes on without the rows it fails on. A batch that fails is taken again in halves, down to single rows:
/// which row is left out depends on that row alone, never on what else was in its batch.
/// </summary>
/// <remarks>The stage works on a second batch over the same columns, so that a failure in the middle leaves the first one as
/// it was. When every row passes by itself and the batch still fails, the failure is no row's and goes on.</remarks>
internal sealed class IsolatingStage(RowStage inner) : Stage<EventBatch, EventBatch>
{
    public override void Start(StageContext context)
    {
        base.Start(context);
        inner.Start(context);
    }

    public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
    {
        var trial = element.Share();
        if (!Passes(trial))
        {
            trial.Dispose();
            LeaveOut(element, [.. Rows(element)]);
            trial = element.Share();
            Apply(trial);
        }

        element.Dispose();
        outlet.Push(trial);
    }

    public override void OnFrontier(Frontier frontier, IOutlet<EventBatch> outlet) => inner.OnFrontier(frontier, outlet);

    public override void OnIdle(IOutlet<EventBatch> outlet) => inner.OnIdle(outlet);

    public override void Snapshot(SnapshotWriter writer) => inner.Snapshot(writer);

    public override void Restore(SnapshotReader reader) => inner.Restore(reader);

    public override void Complete(IOutlet<EventBatch> outlet) => inner.Complete(outlet);

    public override void Fail(Exception cause) => inner.Fail(cause);

    private static List<int> Rows(EventBatch batch)
    {
        var rows = new List<int>();
        foreach (var row in batch.SelectedRows)
        {
            rows.Add(row);
        }

        return rows;
    }

    private void LeaveOut(EventBatch batch, ReadOnlySpan<int> rows)
    {
        if (rows.Length == 0 || Passes(batch, rows))
        {
            return;
        }

        if (rows.Length == 1)
        {
            batch.Deselect(rows[0]);
            Context.DeadLetters.Report(DeadLetterReason.StageError, batch.Partition, batch.FirstPosition + rows[0], Context.Name);
            return;
        }

        LeaveOut(batch, rows[..(rows.Length / 2)]);
        LeaveOut(batch, rows[(rows.Length / 2)..]);
    }

    private bool Passes(EventBatch batch, ReadOnlySpan<int> rows)
    {
        using var part = batch.Share();
        part.Selection.Clear();
        foreach (var row in rows)
        {
            part.Selection[row >> 6] |= 1UL << (row & 63);
        }

        return Passes(part);
    }

    // The exception goes no further: its message may hold values of the row.
    private bool Passes(EventBatch batch)
    {
        try
        {
            Apply(batch);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    private void Apply(EventBatch batch) => inner.Apply(batch);
}
