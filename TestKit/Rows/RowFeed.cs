using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Parse;

namespace AkkaPrivacy.TestKit.Rows;

/// <summary>The rows that a test has given, in order, as the pipeline's source would bring them: row 1 is the first.</summary>
internal sealed class RowFeed
{
    private readonly List<object?[]> _rows = [];
    private readonly ParseOperator _parser;
    private readonly (int Slot, ColumnDefinition Column)[] _columns;
    private readonly bool _hasHeading;
    private byte[]? _heading;
    private int _hidden;

    private RowFeed(RowFeed other)
    {
        (Schema, _parser, _columns, TakesLines, _hasHeading, _heading) = (other.Schema, other._parser, other._columns, other.TakesLines, other._hasHeading, other._heading);
        (_rows, _hidden) = (other._rows, other._rows.Count);
    }

    public RowFeed(SourceNode source, ParseOperator parser)
    {
        Schema = source.Schema;
        _parser = parser;
        _columns = [.. Schema.Columns.Where(pair => pair.Slot > RowSchema.Arrival)];
        TakesLines = ReferenceEquals(Schema, LineSchema.Instance);
        _hasHeading = parser is ParseCsv { Format.HasHeading: true };
    }

    public RowSchema Schema { get; }

    public int Count => _rows.Count - _hidden;

    /// <summary>Whether rows are lines of text.</summary>
    public bool TakesLines { get; }

    /// <summary>The same rows, of which none has come.</summary>
    public RowFeed Again() => new(this);

    /// <summary>Lets rows of a copy come.</summary>
    /// <param name="count">How many have come then.</param>
    public void Reveal(int count) => _hidden = _rows.Count - count;

    /// <summary>Adds a line.</summary>
    /// <param name="line">The line without its ending.</param>
    public void AddLine(string line)
    {
        if (!TakesLines)
        {
            throw new InvalidOperationException("This pipeline's source brings columns, not lines. Give it records or a table of fields.");
        }

        var bytes = Encoding.UTF8.GetBytes(line);
        if (_hasHeading && _heading is null)
        {
            _heading = bytes;
            return;
        }

        _rows.Add([bytes]);
    }

    /// <summary>Adds a row of fields.</summary>
    /// <param name="fields">Names, of fields of the data map or of others, with their values.</param>
    public void AddFields(IReadOnlyList<(string Name, object? Value)> fields)
    {
        if (!TakesLines)
        {
            _rows.Add([.. _columns.Select(column => FieldValues.ToColumn(Find(fields, column.Column.Name), column.Column))]);
            return;
        }

        if (_parser is not ParseJsonLines)
        {
            throw new InvalidOperationException($"This pipeline reads lines by '{_parser.Kind}'. Give it lines as they stand in its input.");
        }

        _rows.Add([FieldValues.ToJson([.. fields.Select(field => (NameInSource(field.Name), field.Value))])]);
    }

    /// <summary>Puts rows into a batch.</summary>
    /// <param name="batch">An empty batch.</param>
    /// <param name="first">The first row, from 0.</param>
    /// <param name="count">How many.</param>
    /// <returns>How many.</returns>
    public int Fill(EventBatch batch, int first, int count)
    {
        for (var column = 0; column < _columns.Length; column++)
        {
            Fill(batch, column, first, count);
        }

        batch.Partition = 0;
        batch.FirstPosition = first + 1;
        batch.SelectAll(count);
        return count;
    }

    private static object? Find(IReadOnlyList<(string Name, object? Value)> fields, string name) =>
        fields.FirstOrDefault(field => IsSame(field.Name, name)).Value;

    // Names of properties and of fields differ in case and in what joins their words.
    private static bool IsSame(string property, string field) => Plain(property).Equals(Plain(field), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) => name.Replace("-", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal);

    private string NameInSource(string name) =>
        (_parser.Map.Fields.FirstOrDefault(field => field.SourceName == name) ?? _parser.Map.Fields.FirstOrDefault(field => IsSame(name, field.Name) || IsSame(name, field.SourceName)))?.SourceName ?? name;

    private void Fill(EventBatch batch, int index, int first, int count)
    {
        var (slot, definition) = _columns[index];
        if (definition.Type != ColumnType.Text)
        {
            var numbers = batch.Pool.RentInt64();
            for (var row = 0; row < count; row++)
            {
                numbers.Values[row] = (long?)_rows[first + row][index] ?? Int64Column.Missing;
            }

            batch.Set(slot, numbers);
            return;
        }

        var texts = batch.Pool.RentText();

        // A parser of comma-separated values finds the heading before the first line of the batch.
        texts.Arena.Append(_heading);
        for (var row = 0; row < count; row++)
        {
            texts.Spans[row] = _rows[first + row][index] is byte[] text ? texts.Arena.Append(text) : TextSpan.Missing;
        }

        batch.Set(slot, texts);
    }
}
