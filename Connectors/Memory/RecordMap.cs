using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Connectors.Memory;

/// <summary>Says how the fields of a data map are read from records of a type. Immutable; every field of the map has one way.</summary>
/// <typeparam name="T">The records.</typeparam>
public sealed class RecordMap<T>
{
    private readonly Dictionary<string, Action<T, Column, int>> _readers;

    /// <summary>A map without a way to read any field.</summary>
    /// <param name="map">The fields, with their classes and treatments.</param>
    public RecordMap(DataMap map)
        : this(map, [])
    {
    }

    private RecordMap(DataMap map, Dictionary<string, Action<T, Column, int>> readers) => (Map, _readers) = (map, readers);

    /// <summary>The fields.</summary>
    public DataMap Map { get; }

    /// <summary>The columns of the fields, in the order of the map.</summary>
    internal RowSchema Schema => Map.Fields.Aggregate(RowSchema.Empty, (schema, entry) => schema.Add(entry.ToColumn()));

    /// <summary>Reads a text field.</summary>
    /// <param name="field">The field's name in the data map.</param>
    /// <param name="read">Its text; null is missing.</param>
    /// <returns>The longer map.</returns>
    public RecordMap<T> Text(string field, Func<T, string?> read) => With(field, FieldType.Text, (record, column, row) =>
    {
        var text = (TextColumn)column;
        if (read(record) is not { } value)
        {
            text.Spans[row] = TextSpan.Missing;
            return;
        }

        var arena = text.Arena;
        var length = Encoding.UTF8.GetBytes(value, arena.Reserve(Encoding.UTF8.GetMaxByteCount(value.Length)));
        text.Spans[row] = new TextSpan(arena.Length, length);
        arena.Length += length;
    });

    /// <summary>Reads an integer field.</summary>
    /// <param name="field">The field's name in the data map.</param>
    /// <param name="read">Its number; null is missing.</param>
    /// <returns>The longer map.</returns>
    public RecordMap<T> Integer(string field, Func<T, long?> read) =>
        With(field, FieldType.Integer, (record, column, row) => ((Int64Column)column).Values[row] = read(record) ?? Int64Column.Missing);

    /// <summary>Reads a decimal field, as a whole multiple of its resolution, ties to even.</summary>
    /// <param name="field">The field's name in the data map.</param>
    /// <param name="read">Its number; null is missing.</param>
    /// <returns>The longer map.</returns>
    public RecordMap<T> Decimal(string field, Func<T, decimal?> read)
    {
        var resolution = Map.Find(field)?.Resolution ?? 1;
        return With(field, FieldType.Decimal, (record, column, row) => ((Int64Column)column).Values[row] =
            read(record) is { } value ? decimal.ToInt64(Math.Round(value / resolution, MidpointRounding.ToEven)) : Int64Column.Missing);
    }

    /// <summary>Reads a time field; fractions of a millisecond are cut off.</summary>
    /// <param name="field">The field's name in the data map.</param>
    /// <param name="read">Its instant; null is missing.</param>
    /// <returns>The longer map.</returns>
    public RecordMap<T> Time(string field, Func<T, DateTimeOffset?> read) =>
        With(field, FieldType.Time, (record, column, row) => ((Int64Column)column).Values[row] = read(record)?.ToUnixTimeMilliseconds() ?? Int64Column.Missing);

    /// <summary>The fields that have no way to be read.</summary>
    /// <returns>Their names.</returns>
    internal IEnumerable<string> Unread() => Map.Fields.Select(entry => entry.Name).Where(name => !_readers.ContainsKey(name));

    /// <summary>Reads a field of a record into its column.</summary>
    /// <param name="field">The field's name.</param>
    /// <param name="record">The record.</param>
    /// <param name="column">The column.</param>
    /// <param name="row">The row.</param>
    internal void Read(string field, T record, Column column, int row) => _readers[field](record, column, row);

    private RecordMap<T> With(string name, FieldType type, Action<T, Column, int> read)
    {
        if (Map.Find(name) is not { } field || field.Type != type)
        {
            throw new ArgumentException($"The data map has no field '{name}' of type {type.ToString().ToLowerInvariant()}.", nameof(name));
        }

        return new RecordMap<T>(Map, new Dictionary<string, Action<T, Column, int>>(_readers) { [name] = read });
    }
}
