using System.Text;
using System.Text.Json;

namespace AkkaPrivacy.LoadTests.Fuzz;

/// <summary>Slow readers whose answers are known to be right.</summary>
internal static class Oracles
{
    /// <summary>Whether a line is one JSON object, nested up to 64 levels.</summary>
    /// <param name="line">The line.</param>
    /// <returns>Whether it keeps the grammar.</returns>
    public static bool? Json(byte[] line)
    {
        if (!System.Text.Unicode.Utf8.IsValid(line))
        {
            return false;
        }

        // A blank line is no row and no fault.
        if (line.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 64 });
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read())
            {
            }

            return isObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads RFC 4180 one byte after the other.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Records of fields; null when it departs from the grammar anywhere, where recovery is the reader's own choice.</returns>
    public static List<List<string>>? Csv(byte[] text)
    {
        if (!System.Text.Unicode.Utf8.IsValid(text) || text.Contains((byte)0))
        {
            return null;
        }

        var (records, record) = (new List<List<string>>(), new List<string>());
        for (var at = 0; at < text.Length;)
        {
            if (Field(text, ref at) is not { } field)
            {
                return null;
            }

            record.Add(field);
            if (at < text.Length && text[at] == ',')
            {
                at++;
                if (at < text.Length)
                {
                    continue;
                }

                record.Add(string.Empty);
            }

            at += at + 1 < text.Length && text[at] == '\r' ? 2 : 1;
            records.Add(record);
            record = [];
        }

        return records;
    }

    private static string? Field(byte[] text, ref int at)
    {
        var field = new List<byte>();
        var isQuoted = at < text.Length && text[at] == '"';
        at += isQuoted ? 1 : 0;
        for (; at < text.Length; at++)
        {
            var isQuote = text[at] == '"';
            if (isQuoted && isQuote && at + 1 < text.Length && text[at + 1] == '"')
            {
                at++;
            }
            else if (isQuoted && isQuote)
            {
                at++;
                return IsEnd(text, at) ? Encoding.UTF8.GetString([.. field]) : null;
            }
            else if (!isQuoted && IsEnd(text, at))
            {
                return Encoding.UTF8.GetString([.. field]);
            }
            else if (!isQuoted && (isQuote || text[at] == '\r'))
            {
                return null;
            }

            field.Add(text[at]);
        }

        return isQuoted ? null : Encoding.UTF8.GetString([.. field]);
    }

    private static bool IsEnd(byte[] text, int at) =>
        at >= text.Length || text[at] is (byte)',' or (byte)'\n' || (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n');
}
