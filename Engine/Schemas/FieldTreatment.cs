using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Engine.Schemas;

/// <summary>What the data map does to a field: tokenize it, generalise it, drop it.</summary>
public abstract record FieldTreatment
{
    /// <summary>The treatment and its parameters, for the privacy plan and the plan hash: <c>token(purpose=analytics)</c>.</summary>
    public abstract string Description { get; }

    /// <summary>The classes for which this treatment suffices. Generalising a direct identifier does not make it safe
    /// unless the treatment says so here.</summary>
    /// <param name="fieldClass">The field's class.</param>
    /// <returns>True when the result may leave the data map.</returns>
    public abstract bool SufficesFor(FieldClass fieldClass);

    /// <summary>The operator that applies it to a column. Its output replaces the column under the same name.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The operator.</returns>
    public abstract RowOperator ToOperator(FieldDefinition field);
}
