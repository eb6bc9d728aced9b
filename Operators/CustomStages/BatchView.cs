using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.MapRows;

namespace AkkaPrivacy.Operators.CustomStages;

/// <summary>A batch as a custom stage sees it: columns by name without identifiers in the clear, rows that may be dropped, and
/// the columns that the stage declared, to be filled. Valid during the call only.</summary>
/// <remarks>A name that does not exist, one of an identifier in the clear, or one of another type raises a
/// <see cref="RowColumnException"/>, which ends the pipeline.</remarks>
public sealed class BatchView
{
    private readonly RowLayout _layout;
    private readonly AddedColumn[] _added;
    private readonly Column?[] _columns;
    private EventBatch? _batch;

    internal BatchView(RowLayout layout, AddedColumn[] added)
    {
        (_layout, _added) = (layout, added);
        _columns = new Column?[added.Length];
    }

    /// <summary>Rows, selected or not; columns have this many values.</summary>
    public int Count => Batch.Count;

    /// <summary>The indices of the rows that count, for <c>foreach</c>. The row at hand may be dropped meanwhile.</summary>
    public SelectedRows SelectedRows => Batch.SelectedRows;

    private EventBatch Batch => _batch ?? throw new InvalidOperationException("The batch is valid during the call only.");

    /// <summary>Event times in milliseconds since the Unix epoch.</summary>
    /// <returns>One value a row.</returns>
    public ReadOnlySpan<long> EventTimes() => Batch.Int64(RowSchema.EventTime).Values.AsSpan(0, Count);

    /// <summary>Whole numbers, in units of the field's resolution; <see cref="Int64Column.Missing"/> for none.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>One value a row.</returns>
    public ReadOnlySpan<long> Int64(string name) => Batch.Int64(_layout.Slot(name, ColumnType.Int64)).Values.AsSpan(0, Count);

    /// <summary>Tokens: pseudonymous personal data; all zero for none.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>One value a row.</returns>
    public ReadOnlySpan<Token> Tokens(string name) => Batch.Tokens(_layout.Slot(name, ColumnType.Token)).Values.AsSpan(0, Count);

    /// <summary>The text of a row; empty when it has none.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="row">The row's index.</param>
    /// <returns>The UTF-8 bytes.</returns>
    public ReadOnlySpan<byte> Text(string name, int row) => Batch.Text(_layout.Slot(name, ColumnType.Text))[row];

    /// <summary>Drops a row. It is no dead letter.</summary>
    /// <param name="row">The row's index.</param>
    public void Drop(int row) => Batch.Deselect(row);

    /// <summary>The values of an added column of whole numbers; missing until set.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>One value a row, to be filled.</returns>
    public Span<long> NewInt64(string name) => ((Int64Column)New(name, ColumnType.Int64)).Values.AsSpan(0, Count);

    /// <summary>The values of an added column of tokens; missing until set.</summary>
    /// <param name="name">The column's name.</param>
    /// <returns>One value a row, to be filled.</returns>
    public Span<Token> NewTokens(string name) => ((TokenColumn)New(name, ColumnType.Token)).Values.AsSpan(0, Count);

    /// <summary>Sets a text of an added column; missing until set.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="row">The row's index.</param>
    /// <param name="text">The UTF-8 bytes; copied.</param>
    public void SetText(string name, int row, ReadOnlySpan<byte> text)
    {
        var column = (TextColumn)New(name, ColumnType.Text);
        column.Spans[row] = column.Arena.Append(text);
    }

    internal void Begin(EventBatch batch)
    {
        _batch = batch;
        for (var i = 0; i < _added.Length; i++)
        {
            _columns[i] = Rent(batch, _added[i].Type);
        }
    }

    // Set behind the code: it still reads the column that it replaces.
    internal void End()
    {
        var batch = Batch;
        for (var i = 0; i < _added.Length; i++)
        {
            batch.Set(_added[i].Slot, _columns[i]!);
            if (_added[i].Replaced >= 0)
            {
                batch.Drop(_added[i].Replaced);
            }

            _columns[i] = null;
        }

        _batch = null;
    }

    private static Column Rent(EventBatch batch, ColumnType type)
    {
        switch (type)
        {
            case ColumnType.Text:
                var texts = batch.Pool.RentText();
                texts.Spans.AsSpan(0, batch.Count).Fill(TextSpan.Missing);
                return texts;
            case ColumnType.Token:
                var tokens = batch.Pool.RentTokens();
                tokens.Values.AsSpan(0, batch.Count).Clear();
                return tokens;
            default:
                var numbers = batch.Pool.RentInt64();
                numbers.Values.AsSpan(0, batch.Count).Fill(Int64Column.Missing);
                return numbers;
        }
    }

    private Column New(string name, ColumnType type)
    {
        var index = Array.FindIndex(_added, column => column.Name == name && column.Type == type);
        return index >= 0 && _batch is not null
            ? _columns[index]!
            : throw new RowColumnException($"The stage declares no column '{name}' of type {type} that it adds.");
    }
}
