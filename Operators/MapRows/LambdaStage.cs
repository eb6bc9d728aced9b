using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>Calls a lambda for each selected row. A row on which it throws is reported by its position and deselected.</summary>
/// <param name="layout">What the lambda may read.</param>
/// <param name="name">Name of the filter or column, for dead letters.</param>
internal abstract class LambdaStage(RowLayout layout, string name) : RowStage
{
    /// <summary>Name of the filter or column.</summary>
    protected string Name => name;

    /// <summary>Calls <see cref="Apply"/> for each selected row.</summary>
    /// <param name="batch">The batch.</param>
    protected void ForEachRow(EventBatch batch)
    {
        foreach (var row in batch.SelectedRows)
        {
            try
            {
                Apply(new RowView(batch, layout, row), batch, row);
            }
            catch (Exception exception) when (exception is not (RowColumnException or OutOfMemoryException))
            {
                // The exception goes no further: its message may hold values of the row.
                batch.Deselect(row);
                Context.DeadLetters.Report(DeadLetterReason.StageError, batch.Partition, batch.FirstPosition + row, name);
            }
        }
    }

    /// <summary>Calls the lambda for one row and stores what it returns.</summary>
    /// <param name="view">The row as the lambda sees it.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="row">The row's index.</param>
    protected abstract void Apply(RowView view, EventBatch batch, int row);
}

/// <summary>Deselects rows for which a lambda is false.</summary>
internal sealed class FilterStage(RowLayout layout, string name, RowPredicate predicate, DeadLetterReason? dropped) : LambdaStage(layout, name)
{
    /// <inheritdoc />
    protected override void Process(EventBatch batch) => ForEachRow(batch);

    /// <inheritdoc />
    protected override void Apply(RowView view, EventBatch batch, int row)
    {
        if (!predicate(view))
        {
            batch.Deselect(row);
            if (dropped is { } reason)
            {
                Context.DeadLetters.Report(reason, batch, row, Name);
            }
        }
    }
}

/// <summary>Fills a column of numbers by a lambda.</summary>
internal sealed class Int64MapStage(RowLayout layout, string name, RowInt64 value, int replaced, int slot) : LambdaStage(layout, name)
{
    private Int64Column? _column;

    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        // Filled before it enters the batch: the lambda still reads the column that it replaces.
        _column = batch.Pool.RentInt64();
        ForEachRow(batch);
        batch.Set(slot, _column);
        if (replaced >= 0)
        {
            batch.Drop(replaced);
        }

        _column = null;
    }

    /// <inheritdoc />
    protected override void Apply(RowView view, EventBatch batch, int row) => _column!.Values[row] = value(view);
}

/// <summary>Fills a column of texts by a lambda.</summary>
internal sealed class TextMapStage(RowLayout layout, string name, RowText value, int replaced, int slot) : LambdaStage(layout, name)
{
    private readonly ArenaWriter _writer = new();
    private TextColumn? _column;

    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        _column = batch.Pool.RentText();
        ForEachRow(batch);
        batch.Set(slot, _column);
        if (replaced >= 0)
        {
            batch.Drop(replaced);
        }

        _column = null;
    }

    /// <inheritdoc />
    protected override void Apply(RowView view, EventBatch batch, int row)
    {
        _writer.Begin(_column!.Arena);
        try
        {
            // What was written without a result stays behind in the arena, beyond every place.
            _column.Spans[row] = value(view, _writer) ? _writer.Written : TextSpan.Missing;
        }
        finally
        {
            _writer.End();
        }
    }
}
