using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Operators.MapRows;

namespace AkkaPrivacy.Operators.CustomStages;

/// <summary>Processes the selected rows of a batch.</summary>
/// <param name="batch">The batch; valid during the call only.</param>
public delegate void BatchAction(BatchView batch);

/// <summary>Lists what one row becomes: a row for each value that is added.</summary>
/// <param name="row">The row; valid during the call only.</param>
/// <param name="values">Takes the values.</param>
public delegate void RowExpand(RowView row, RowValues values);

/// <summary>Makes operators from code of one's own, with a declared stability.</summary>
/// <remarks>The promises of <see cref="Map"/> hold here too, whatever the stability: no memory between rows of different
/// subjects, no clock, no randomness. Code may run in several lanes at once.</remarks>
public static class Custom
{
    /// <summary>A stage over whole batches: it reads columns, drops rows and fills columns that it adds.</summary>
    /// <param name="name">What it is called in plans and topology: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</param>
    /// <param name="stability">How far one subject's rows reach. A batch stage drops rows and adds columns, so it is
    /// <see cref="Stability.OneToOne"/>, or <see cref="Stability.AcrossSubjects"/> when it replaces the subject's column.</param>
    /// <param name="action">The code.</param>
    /// <param name="adds">Columns that it fills, or replaces where there is one of the name. Default: none.</param>
    /// <param name="version">Part of the plan hash, like the name; raise it when the code changes. 1 or more. Default: 1.</param>
    /// <returns>The operator.</returns>
    public static CustomOperator Batch(string name, Stability stability, BatchAction action, IReadOnlyList<CustomColumn>? adds = null, int version = 1) =>
        new BatchOperator(name, stability, action, adds ?? [], version);

    /// <summary>A stage in which a row becomes up to so many rows, each with a value of its own in one column of texts. A row
    /// without a value is dropped; one with more than declared is a dead letter.</summary>
    /// <param name="column">The column, added or replaced: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</param>
    /// <param name="stability"><see cref="Stability.OneToAtMost"/> with at most <see cref="ExpandOperator.LargestRows"/> rows.</param>
    /// <param name="expand">The code.</param>
    /// <param name="version">Part of the plan hash, like the column; raise it when the code changes. 1 or more. Default: 1.</param>
    /// <returns>The operator.</returns>
    public static CustomOperator Expand(string column, Stability stability, RowExpand expand, int version = 1) =>
        new ExpandOperator(column, stability, expand, version);
}
