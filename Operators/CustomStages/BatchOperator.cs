using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.MapRows;

namespace AkkaPrivacy.Operators.CustomStages;

/// <summary>A stage over whole batches.</summary>
internal sealed class BatchOperator(string name, Stability stability, BatchAction action, IReadOnlyList<CustomColumn> adds, int version)
    : CustomOperator(name, stability, version)
{
    private protected override void Check(RowSchema input, PlanErrors errors)
    {
        foreach (var column in adds)
        {
            CheckColumn(column.Name, input, errors);
            if (column.Type == ColumnType.Time)
            {
                errors.Add(this, $"column '{column.Name}' is a time; custom stages leave times as they are");
            }
        }

        if (adds.DistinctBy(column => column.Name).Count() != adds.Count)
        {
            errors.Add(this, $"custom stage '{Name}' adds a column twice");
        }

        if (Stability.Rows > 1)
        {
            errors.Add(this, $"custom stage '{Name}' declares {Stability}, but a batch stage makes no rows; use Custom.Expand");
        }
    }

    private protected override RowPlan Resolve(RowSchema input, RowLayout layout)
    {
        var output = adds.Aggregate(input, (schema, column) =>
            schema.Add(new ColumnDefinition(column.Name, column.Type, column.Type == ColumnType.Int64 ? FieldClass.Measure : FieldClass.Attribute)));
        AddedColumn[] added = [.. adds.Select(column => new AddedColumn(column.Name, column.Type, output.IndexOf(column.Name), input.IndexOf(column.Name)))];
        return new RowPlan(output, () => new BatchStage(layout, action, added), Describe($"batch[{string.Join(',', adds.Select(column => $"{column.Name}:{column.Type}"))}]"), Stability);
    }
}

/// <summary>A column that a stage fills.</summary>
internal readonly record struct AddedColumn(string Name, ColumnType Type, int Slot, int Replaced);

/// <summary>Lends the batch to the code, then sets the columns that it filled.</summary>
internal sealed class BatchStage(RowLayout layout, BatchAction action, AddedColumn[] added) : RowStage
{
    private readonly BatchView _view = new(layout, added);

    protected override void Process(EventBatch batch)
    {
        _view.Begin(batch);
        try
        {
            action(_view);
        }
        finally
        {
            _view.End();
        }
    }
}
