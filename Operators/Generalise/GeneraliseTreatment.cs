using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Replaces a value by a coarser one. It suffices for a quasi-identifier, and may also be used on an attribute or
/// a measure; a direct identifier or a sensitive field needs a token or is dropped.</summary>
public abstract record GeneraliseTreatment : FieldTreatment
{
    private protected GeneraliseTreatment()
    {
    }

    /// <summary>How the column must be held.</summary>
    internal abstract ColumnType InputType { get; }

    /// <inheritdoc />
    public sealed override bool SufficesFor(FieldClass fieldClass) =>
        fieldClass is not (FieldClass.DirectIdentifier or FieldClass.Sensitive);

    /// <inheritdoc />
    public sealed override RowOperator ToOperator(FieldDefinition field) => new GeneraliseOperator(field.Name, this);

    /// <summary>Makes the stage's factory for a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="input">Its slot.</param>
    /// <param name="output">Slot of the texts that replace it.</param>
    /// <param name="error">Takes a mistake.</param>
    /// <returns>The factory; null when there was a mistake.</returns>
    internal abstract Func<Stage<EventBatch, EventBatch>>? Bind(ColumnDefinition column, int input, int output, Action<string> error);
}
