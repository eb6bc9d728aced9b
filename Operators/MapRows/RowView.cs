using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.MapRows;

/// <summary>One row of a batch as a lambda sees it: valid during the call only, and for reading only.</summary>
/// <remarks>Columns are named as in the data map. A name that does not exist, one of an identifier in the clear, or one
/// of another type raises a <see cref="RowColumnException"/>, which ends the pipeline.</remarks>
public readonly ref struct RowView
{
    private readonly EventBatch _batch;
    private readonly RowLayout _layout;
    private readonly int _row;

    internal RowView(EventBatch batch, RowLayout layout, int row)
    {
        _batch = batch;
        _layout = layout;
        _row = row;
    }

    /// <summary>When it happened; always there.</summary>
    public DateTimeOffset EventTime => DateTimeOffset.FromUnixTimeMilliseconds(_batch.Int64(RowSchema.EventTime).Values[_row]);

    /// <summary>A text; empty when missing.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>The UTF-8 bytes.</returns>
    public ReadOnlySpan<byte> GetText(string name) => _batch.Text(_layout.Slot(name, ColumnType.Text))[_row];

    /// <summary>A whole number, in units of the field's resolution, or a time in milliseconds since the Unix epoch.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>The number; <see cref="Int64Column.Missing"/> when missing.</returns>
    public long GetInt64(string name) => _batch.Int64(_layout.Slot(name, ColumnType.Int64)).Values[_row];

    /// <summary>A token; all zero when missing.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>The token: pseudonymous personal data.</returns>
    public Token GetToken(string name) => _batch.Tokens(_layout.Slot(name, ColumnType.Token)).Values[_row];
}
