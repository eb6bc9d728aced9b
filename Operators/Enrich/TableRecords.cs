using System.Text;
using System.Text.Json;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>A record of a table's file: the texts of the columns that were asked for, in order; null where there is none.</summary>
internal readonly record struct TableRecord(int Line, string?[] Values);

/// <summary>Reads the records of a table's file.</summary>
internal static class TableRecords
{
    /// <summary>Reads them one by one.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="columns">Names of the columns that are asked for.</param>
    /// <returns>The records, in order.</returns>
    /// <exception cref="TableFormatException">The file is not of its format, or lacks a column.</exception>
    public static IEnumerable<TableRecord> Read(Stream stream, TableFormat format, IReadOnlyList<string> columns)
    {
        // Not UTF-8 is an error, not a replacement character: two keys could become one.
        using var content = new MemoryStream();
        stream.CopyTo(content);
        var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
        var reader = new StringReader(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes));
        return format == TableFormat.Csv ? Csv(new CsvTable(reader), columns) : Json(reader, columns);
    }

    private static IEnumerable<TableRecord> Csv(CsvTable table, IReadOnlyList<string> columns)
    {
        var header = table.Read() ?? throw new TableFormatException(1, "the file is empty; its first line names the columns");
        var places = columns.Select(column => header.ToList().IndexOf(column)).ToArray();
        if (Array.FindIndex(places, place => place < 0) is >= 0 and var lacks)
        {
            throw new TableFormatException(1, $"there is no column '{columns[lacks]}'; there are {string.Join(", ", header.Select(name => $"'{name}'"))}");
        }

        while (table.Read() is { } values)
        {
            if (values.Count != header.Count)
            {
                throw new TableFormatException(table.Line, $"there are {values.Count} values for {header.Count} columns");
            }

            yield return new TableRecord(table.Line, [.. places.Select(place => values[place].Length == 0 ? null : values[place])]);
        }
    }

    private static IEnumerable<TableRecord> Json(StringReader reader, IReadOnlyList<string> columns)
    {
        var line = 0;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return new TableRecord(line, Object(text, line, columns));
            }
        }
    }

    private static string?[] Object(string text, int line, IReadOnlyList<string> columns)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. columns.Select(column => document.RootElement.TryGetProperty(column, out var value) ? Text(value, line, column) : null)]
                : throw new TableFormatException(line, "the line is no JSON object");
        }
        catch (JsonException)
        {
            throw new TableFormatException(line, "the line is no JSON object");
        }
        catch (InvalidOperationException)
        {
            throw new TableFormatException(line, "a text holds half a surrogate pair");
        }
    }

    private static string? Text(JsonElement value, int line, string column) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new TableFormatException(line, $"'{column}' is an object or a list"),
    };
}
