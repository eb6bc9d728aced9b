using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AkkaPrivacy.LoadTests.Compare.Parse;

/// <summary>Comma-separated values, and how one would read them otherwise.</summary>
internal static class CsvLines
{
    private const int Columns = 5;

    /// <summary>Makes records below a heading, the same for the same seed. One title in ten holds a comma and quotes.</summary>
    /// <param name="events">How many.</param>
    /// <param name="seed">Which ones.</param>
    /// <returns>The text.</returns>
    public static byte[] Create(int events, int seed)
    {
        var random = new Random(seed);
        var start = new DateTime(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc);
        var text = new StringBuilder("time,user,page,ms,title\n");
        for (int i = 0; i < events; i++)
        {
            string title = random.Next(10) == 0 ? $"\"Shoes, size \"\"{random.Next(30, 50)}\"\"\"" : $"\"Page number {random.Next(1000)}\"";
            text.Append(
                CultureInfo.InvariantCulture,
                $"{start.AddMilliseconds(i):yyyy-MM-ddTHH:mm:ss.fff}Z,user-{random.Next(50_000):D7}@example.org,/page/{random.Next(100):D3},{random.Next(10_000, 100_000)},{title}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads with a loop over the bytes, texts as strings.</summary>
    /// <param name="lines">The text.</param>
    /// <returns>Records read.</returns>
    public static long WithLoop(ReadOnlySpan<byte> lines)
    {
        lines = lines[(lines.IndexOf((byte)'\n') + 1)..];
        long records = 0;
        Span<Range> fields = stackalloc Range[Columns];
        Span<char> letter = stackalloc char[64];
        while (!lines.IsEmpty)
        {
            int length = Split(lines, fields);
            int letters = Encoding.ASCII.GetChars(lines[fields[0]], letter);
            bool isTime = DateTime.TryParseExact(
                letter[..letters], "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time);
            string user = Encoding.UTF8.GetString(lines[fields[1]]);
            string title = Encoding.UTF8.GetString(lines[fields[4]]).Replace("\"\"", "\"", StringComparison.Ordinal);
            records += isTime && Utf8Parser.TryParse(lines[fields[3]], out long ms, out _) && time.Year > 0 && user.Length + title.Length + ms > 0 ? 1 : 0;
            lines = lines[length..];
        }

        return records;
    }

    // Returns the record's length with its line feed; fields lie between their quotes.
    private static int Split(ReadOnlySpan<byte> text, Span<Range> fields)
    {
        var (field, start, quoted) = (0, 0, false);
        for (int i = 0; ; i++)
        {
            byte letter = text[i];
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && (letter == (byte)',' || letter == (byte)'\n'))
            {
                bool isQuoted = text[start] == '"';
                fields[field++] = isQuoted ? (start + 1)..(i - 1) : start..i;
                start = i + 1;
                if (letter == '\n')
                {
                    return start;
                }
            }
        }
    }
}
