using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.MapRows;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Takes the column out. It suffices for every class.</summary>
public sealed record DropTreatment : FieldTreatment
{
    /// <inheritdoc />
    public override string Description => "drop()";

    /// <inheritdoc />
    public override bool SufficesFor(FieldClass fieldClass) => true;

    /// <inheritdoc />
    public override RowOperator ToOperator(FieldDefinition field) => new DropOperator(field.Name);
}
