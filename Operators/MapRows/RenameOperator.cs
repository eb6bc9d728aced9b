using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>Gives a column another name; rows stay as they are.</summary>
/// <param name="field">The column. Event time and arrival cannot be renamed.</param>
/// <param name="newName">Its new name: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>, and no other column's.</param>
public sealed partial class RenameOperator(string field, string newName) : RowOperator
{
    /// <inheritdoc />
    public override string Kind => "rename";

    /// <summary>The column.</summary>
    public string Field { get; } = field;

    /// <summary>Its new name.</summary>
    public string NewName { get; } = newName;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        if (input.IndexOf(Field) <= RowSchema.Arrival)
        {
            errors.Add(this, $"there is no field '{Field}' to rename; there are {input.Names()}");
        }

        if (!NamePattern().IsMatch(NewName))
        {
            errors.Add(this, "a field name is 1 to 64 characters of a-z A-Z 0-9 _ -");
        }

        if (input.Find(NewName) is not null)
        {
            errors.Add(this, $"there is a field '{NewName}' already; drop it first");
        }

        return errors.All.Count > before
            ? null
            : new RowPlan(input.Rename(Field, NewName), () => new RenameStage(), $"rename({Field},{NewName})", Stability.OneToOne);
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}

/// <summary>Passes batches on: a renamed column keeps its slot.</summary>
internal sealed class RenameStage : RowStage
{
    /// <inheritdoc />
    protected override void Process(EventBatch batch)
    {
    }
}
