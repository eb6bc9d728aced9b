using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Tests.Support;

/// <summary>Schemas, columns and their contents for tests of stages.</summary>
public static class TestColumns
{
    public const string Missing = "(missing)";

    public static RowSchema RawText(params string[] names) => names.Aggregate(RowSchema.Empty, (schema, name) =>
        schema.Add(new ColumnDefinition(name, ColumnType.Text, FieldClass.QuasiIdentifier) { IsRaw = true }));

    public static RowSchema Of(ColumnType type, string name) =>
        RowSchema.Empty.Add(new ColumnDefinition(name, type, FieldClass.Attribute));

    public static EventBatch WithText(this EventBatch batch, RowSchema schema, string name, params string?[] values)
    {
        var column = batch.Pool.RentText();
        column.Arena.Append("before"u8);
        for (var row = 0; row < values.Length; row++)
        {
            column.Spans[row] = values[row] is { } text ? column.Arena.Append(Encoding.UTF8.GetBytes(text)) : TextSpan.Missing;
        }

        batch.Set(schema.IndexOf(name), column);
        return batch;
    }

    public static EventBatch WithInt64(this EventBatch batch, RowSchema schema, string name, params long[] values)
    {
        var column = batch.Pool.RentInt64();
        values.CopyTo(column.Values, 0);
        batch.Set(schema.IndexOf(name), column);
        return batch;
    }

    public static EventBatch WithTokens(this EventBatch batch, RowSchema schema, string name, params Token[] values)
    {
        var column = batch.Pool.RentTokens();
        values.CopyTo(column.Values, 0);
        batch.Set(schema.IndexOf(name), column);
        return batch;
    }

    public static EventBatch Without(this EventBatch batch, params int[] rows)
    {
        foreach (var row in rows)
        {
            batch.Deselect(row);
        }

        return batch;
    }

    public static string[] ReadTexts(this EventBatch batch, RowSchema schema, string name)
    {
        var column = batch.Text(schema.IndexOf(name));
        return [.. Enumerable.Range(0, batch.Count).Select(row => !batch.IsSelected(row) ? "(not selected)"
            : column.Spans[row].IsMissing ? Missing : Encoding.UTF8.GetString(column[row]))];
    }

    public static long[] ReadInt64(this EventBatch batch, RowSchema schema, string name) =>
        batch.Int64(schema.IndexOf(name)).Values[..batch.Count];

    public static Token[] ReadTokens(this EventBatch batch, RowSchema schema, string name) =>
        batch.Tokens(schema.IndexOf(name)).Values[..batch.Count];

    public static int[] ReadSelected(this EventBatch batch)
    {
        var rows = new List<int>();
        foreach (var row in batch.SelectedRows)
        {
            rows.Add(row);
        }

        return [.. rows];
    }
}
