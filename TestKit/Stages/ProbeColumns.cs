using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.TestKit.Rows;

namespace AkkaPrivacy.TestKit.Stages;

/// <summary>Puts rows of a test into batches and reads them back. Subjects have names in tests; their tokens are hashes of the
/// names.</summary>
internal sealed class ProbeColumns(IReadOnlyList<(string Name, ColumnType Type)> columns)
{
    private readonly Dictionary<Token, string> _names = [];

    public IReadOnlyList<(string Name, ColumnType Type)> Columns => columns;

    public RowSchema Schema { get; } = columns.Aggregate(RowSchema.Empty, (schema, column) => schema.Add(new ColumnDefinition(column.Name, column.Type, FieldClass.Attribute)));

    public EventBatch ToBatch(BatchPool pool, IReadOnlyList<object?[]> rows, long firstPosition)
    {
        var batch = pool.RentBatch();
        var (times, arrivals) = (pool.RentInt64(), pool.RentInt64());
        for (var row = 0; row < rows.Count; row++)
        {
            times.Values[row] = arrivals.Values[row] = TimeOf(rows[row]);
        }

        batch.Set(RowSchema.EventTime, times);
        batch.Set(RowSchema.Arrival, arrivals);
        for (var i = 0; i < columns.Count; i++)
        {
            batch.Set(Schema.IndexOf(columns[i].Name), ToColumn(pool, columns[i], [.. rows.Select(row => row[i + 1])]));
        }

        batch.FirstPosition = firstPosition;
        batch.SelectAll(rows.Count);
        return batch;
    }

    public List<ProbeRow> Read(EventBatch batch, RowSchema schema)
    {
        var rows = new List<ProbeRow>();
        foreach (var row in batch.SelectedRows)
        {
            var values = schema.Columns.Where(pair => pair.Slot > RowSchema.Arrival).ToDictionary(pair => pair.Column.Name, pair => Read(batch, pair.Slot, pair.Column.Type, row));
            rows.Add(new ProbeRow(DateTimeOffset.FromUnixTimeMilliseconds(batch.Int64(RowSchema.EventTime).Values[row]), batch.FirstPosition + row, values));
        }

        return rows;
    }

    public static long TimeOf(object?[] row) => row[0] switch
    {
        DateTimeOffset time => time.ToUnixTimeMilliseconds(),
        string text => Instants.Parse(text).ToUnixTimeMilliseconds(),
        _ => throw new ArgumentException("A row begins with its event time, as 2026-03-02T10:00Z or as a DateTimeOffset.", nameof(row)),
    };

    private object? Read(EventBatch batch, int slot, ColumnType type, int row)
    {
        if (!batch.Has(slot))
        {
            return null;
        }

        switch (type)
        {
            case ColumnType.Text:
                var texts = batch.Text(slot);
                return texts.Spans[row].IsMissing ? null : Encoding.UTF8.GetString(texts[row]);
            case ColumnType.Token:
                var token = batch.Tokens(slot).Values[row];
                return token == default ? null : _names.GetValueOrDefault(token) ?? token.ToString();
            default:
                var number = batch.Int64(slot).Values[row];
                return number == Int64Column.Missing ? null : number;
        }
    }

    private Column ToColumn(BatchPool pool, (string Name, ColumnType Type) column, object?[] values)
    {
        switch (column.Type)
        {
            case ColumnType.Text:
                var texts = pool.RentText();
                for (var row = 0; row < values.Length; row++)
                {
                    texts.Spans[row] = values[row] is null ? TextSpan.Missing : texts.Arena.Append((byte[])FieldValues.ToColumn(values[row], new ColumnDefinition(column.Name, ColumnType.Text, FieldClass.Attribute))!);
                }

                return texts;
            case ColumnType.Token:
                var tokens = pool.RentTokens();
                for (var row = 0; row < values.Length; row++)
                {
                    tokens.Values[row] = values[row] is string name ? TokenOf(name) : default;
                }

                return tokens;
            default:
                var numbers = pool.RentInt64();
                for (var row = 0; row < values.Length; row++)
                {
                    numbers.Values[row] = (long?)FieldValues.ToColumn(values[row], new ColumnDefinition(column.Name, column.Type, FieldClass.Attribute)) ?? Int64Column.Missing;
                }

                return numbers;
        }
    }

    private Token TokenOf(string name)
    {
        var token = MemoryMarshal.Read<Token>(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        _names[token] = name;
        return token;
    }
}
