namespace AkkaPrivacy.Operators.MapRows;

/// <summary>A row's lambda asked for a column that is not there, is raw, or is of another type. A mistake in the program
/// and not in a row: it ends the pipeline, instead of making every row a dead letter.</summary>
/// <param name="message">Which column, and what there is; names only.</param>
public sealed class RowColumnException(string message) : Exception(message);
