using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>Turns a column of texts into a column of tokens with the same name; the texts leave the batch.</summary>
/// <param name="field">The column.</param>
/// <param name="treatment">Purpose and normalisation.</param>
public sealed class TokenizeOperator(string field, TokenTreatment treatment) : RowOperator
{
    /// <inheritdoc />
    public override string Kind => "tokenize";

    /// <summary>The column.</summary>
    public string Field { get; } = field;

    /// <summary>Purpose and normalisation.</summary>
    public TokenTreatment Treatment { get; } = treatment;

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var column = input.Find(Field);
        if (column is null)
        {
            errors.Add(this, $"there is no field '{Field}' to tokenize; there are {input.Names()}");
            return null;
        }

        if (column.Type != ColumnType.Text)
        {
            errors.Add(this, $"field '{Field}' is of type {column.Type}; only a text can be tokenized");
            return null;
        }

        var from = input.IndexOf(Field);
        var to = input.NextSlot;
        var output = input.Add(new ColumnDefinition(Field, ColumnType.Token, FieldClass.Attribute));
        return new RowPlan(output, () => new TokenizeStage(from, to, Treatment), $"{Field}:{Treatment.Description}", Stability.OneToOne) { IsRowWise = true };
    }
}
