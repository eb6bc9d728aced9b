using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.MapRows;

namespace AkkaPrivacy.Operators.CustomStages;

/// <summary>Rows become several rows.</summary>
public sealed class ExpandOperator : CustomOperator
{
    /// <summary>The most rows that one row may become.</summary>
    public const int LargestRows = 256;

    private readonly RowExpand _expand;

    internal ExpandOperator(string column, Stability stability, RowExpand expand, int version)
        : base(column, stability, version) => _expand = expand;

    private protected override void Check(RowSchema input, PlanErrors errors)
    {
        CheckColumn(Name, input, errors);
        if (Stability.Rows > LargestRows)
        {
            errors.Add(this, $"custom stage '{Name}' declares {Stability}; a row may become at most {LargestRows}");
        }
    }

    private protected override RowPlan Resolve(RowSchema input, RowLayout layout)
    {
        var (replaced, slot) = (input.IndexOf(Name), input.NextSlot);
        var output = input.Add(new ColumnDefinition(Name, ColumnType.Text, FieldClass.Attribute));
        return new RowPlan(output, () => new ExpandStage(layout, Name, _expand, Stability.Rows, replaced, slot), Describe("expand"), Stability);
    }
}

/// <summary>Pushes a batch for the first values of all rows, one for the second values, and so on. All of them share the
/// columns of the batch that came, so positions stay right and nothing is copied.</summary>
internal sealed class ExpandStage(RowLayout layout, string name, RowExpand expand, int most, int replaced, int slot) : Stage<EventBatch, EventBatch>
{
    private readonly RowValues _values = new(most);

    public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
    {
        _values.Begin(element.Pool);
        try
        {
            Collect(element);
            for (var i = 0; i < _values.Ranks; i++)
            {
                outlet.Push(Rank(element, i));
            }
        }
        finally
        {
            _values.End();
            element.Dispose();
        }
    }

    private void Collect(EventBatch batch)
    {
        foreach (var row in batch.SelectedRows)
        {
            _values.Row = row;
            try
            {
                expand(new RowView(batch, layout, row), _values);
            }
            catch (Exception exception) when (exception is not (RowColumnException or OutOfMemoryException))
            {
                // The exception goes no further: its message may hold values of the row.
                _values.Refuse();
                Context.DeadLetters.Report(DeadLetterReason.StageError, batch.Partition, batch.FirstPosition + row, name);
            }
        }
    }

    private EventBatch Rank(EventBatch batch, int rank)
    {
        var part = batch.Share();
        foreach (var row in part.SelectedRows)
        {
            if (!_values.Has(row, rank))
            {
                part.Deselect(row);
            }
        }

        part.Set(slot, _values.Take(rank));
        if (replaced >= 0)
        {
            part.Drop(replaced);
        }

        return part;
    }
}
