using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Replaces a column by a column of coarser texts with the same name.</summary>
/// <param name="field">The column.</param>
/// <param name="treatment">How it is made coarser.</param>
public sealed class GeneraliseOperator(string field, GeneraliseTreatment treatment) : RowOperator
{
    /// <inheritdoc />
    public override string Kind => "generalise";

    /// <summary>The column.</summary>
    public string Field { get; } = field;

    /// <summary>How it is made coarser.</summary>
    public GeneraliseTreatment Treatment { get; } = treatment;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var column = input.Find(Field);
        if (column is null)
        {
            errors.Add(this, $"there is no field '{Field}' to generalise; there are {input.Names()}");
            return null;
        }

        if (column.Type != Treatment.InputType)
        {
            errors.Add(this, $"field '{Field}' is of type {column.Type}; {Treatment.Description} takes {Treatment.InputType}");
            return null;
        }

        var create = Treatment.Bind(
            column, input.IndexOf(Field), input.NextSlot, message => errors.Add(this, $"field '{Field}': {message}"));
        return create is null ? null : new RowPlan(input.Add(Result(column)), create, $"{Field}:{Treatment.Description}", Stability.OneToOne) { IsRowWise = true };
    }

    // A column whose class needs more than this treatment stays what it is, so that it cannot leave the data map.
    private ColumnDefinition Result(ColumnDefinition column) => Treatment.SufficesFor(column.Class)
        ? new ColumnDefinition(Field, ColumnType.Text, FieldClass.Attribute)
        : new ColumnDefinition(Field, ColumnType.Text, column.Class) { IsRaw = column.IsRaw };
}
