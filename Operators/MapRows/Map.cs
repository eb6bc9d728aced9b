namespace AkkaPrivacy.Operators.MapRows;

/// <summary>Makes operators from lambdas over rows.</summary>
/// <remarks>
/// <para>A lambda must depend on its row alone: it keeps nothing between rows, and reads no clock and no randomness.
/// Otherwise one subject's row could change another's, and no bound would hold. It may run in several lanes at once.</para>
/// <para>An exception makes the row a dead letter of reason <see cref="Engine.Stages.DeadLetterReason.StageError"/>; its
/// message is dropped, because it may hold values.</para>
/// </remarks>
public static class Map
{
    /// <summary>Keeps the rows for which the lambda is true. Others are no dead letters.</summary>
    /// <param name="name">What the filter is called in plans and topology: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</param>
    /// <param name="predicate">The lambda.</param>
    /// <param name="version">Part of the plan hash, like the name; raise it when the lambda changes. 1 or more. Default: 1.</param>
    /// <returns>The operator.</returns>
    public static MapOperator Filter(string name, RowPredicate predicate, int version = 1) => new FilterOperator(name, predicate, version);

    /// <summary>Keeps the rows whose subjects have consented, as the lambda finds from the row. Others are counted as
    /// <see cref="Engine.Stages.DeadLetterReason.DroppedByConsent"/>, and a side output may take their places.</summary>
    /// <param name="name">As for a filter.</param>
    /// <param name="consents">The lambda; true to keep the row.</param>
    /// <param name="version">As for a filter.</param>
    /// <returns>The operator.</returns>
    public static MapOperator Consent(string name, RowPredicate consents, int version = 1) =>
        new FilterOperator(name, consents, version, Engine.Stages.DeadLetterReason.DroppedByConsent);

    /// <summary>Adds a column of whole numbers of class measure, or replaces the column of that name.</summary>
    /// <param name="name">The column: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</param>
    /// <param name="value">The lambda.</param>
    /// <param name="version">As for a filter.</param>
    /// <returns>The operator.</returns>
    public static MapOperator Int64(string name, RowInt64 value, int version = 1) => new Int64MapOperator(name, value, version);

    /// <summary>Adds a column of texts of class attribute, or replaces the column of that name.</summary>
    /// <param name="name">The column: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</param>
    /// <param name="value">The lambda.</param>
    /// <param name="version">As for a filter.</param>
    /// <returns>The operator.</returns>
    public static MapOperator Text(string name, RowText value, int version = 1) => new TextMapOperator(name, value, version);
}
