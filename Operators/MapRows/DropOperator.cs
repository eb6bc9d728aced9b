using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>Takes columns out.</summary>
/// <param name="fields">The columns: one or more. Event time and arrival cannot be dropped.</param>
public sealed class DropOperator(params string[] fields) : RowOperator
{
    /// <inheritdoc />
    public override string Kind => "drop";

    /// <summary>The columns.</summary>
    public IReadOnlyList<string> Fields { get; } = fields;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        if (Fields.Count == 0)
        {
            errors.Add(this, "there is no field to drop; name one or more");
        }

        foreach (var field in Fields.Where(field => input.IndexOf(field) <= RowSchema.Arrival))
        {
            errors.Add(this, input.IndexOf(field) < 0
                ? $"there is no field '{field}' to drop; there are {input.Names()}"
                : $"'{field}' cannot be dropped; every row has it");
        }

        if (errors.All.Count > before)
        {
            return null;
        }

        int[] slots = [.. Fields.Select(input.IndexOf)];
        var output = Fields.Aggregate(input, (schema, field) => schema.Remove(field));
        return new RowPlan(output, () => new DropStage(slots), $"drop({string.Join(',', Fields)})", Stability.OneToOne);
    }
}

/// <summary>Empties slots.</summary>
internal sealed class DropStage(int[] slots) : RowStage
{
    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
        foreach (var slot in slots)
        {
            batch.Drop(slot);
        }
    }
}
