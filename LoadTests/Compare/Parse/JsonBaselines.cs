using System.Globalization;
using System.Text.Json;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Compare.Parse;

/// <summary>What one would write to read the four fields of a line.</summary>
internal static class JsonBaselines
{
    /// <summary>Utf8JsonReader into strings, a time and a number.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>Lines with all four fields.</returns>
    public static long Reader(ReadOnlySpan<byte> lines)
    {
        long complete = 0;
        while (!lines.IsEmpty)
        {
            int feed = lines.IndexOf((byte)'\n');
            complete += ReadLine(lines[..feed]) ? 1 : 0;
            lines = lines[(feed + 1)..];
        }

        return complete;
    }

    /// <summary>JsonDocument for each line.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>Lines with all four fields.</returns>
    public static long Document(ReadOnlyMemory<byte> lines)
    {
        long complete = 0;
        while (!lines.IsEmpty)
        {
            int feed = lines.Span.IndexOf((byte)'\n');
            using JsonDocument document = JsonDocument.Parse(lines[..feed]);
            JsonElement root = document.RootElement;
            DateTimeOffset time = root.GetProperty("time").GetDateTimeOffset();
            string? user = root.GetProperty("user").GetString();
            string? page = root.GetProperty("page").GetString();
            complete += user is not null && page is not null && root.GetProperty("ms").GetInt64() >= 0 && time.Year > 0 ? 1 : 0;
            lines = lines[(feed + 1)..];
        }

        return complete;
    }

    private static bool ReadLine(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        DateTimeOffset time = default;
        string? user = null;
        string? page = null;
        long milliseconds = -1;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "time": time = DateTimeOffset.Parse(reader.GetString()!, CultureInfo.InvariantCulture); break;
                case "user": user = reader.GetString(); break;
                case "page": page = reader.GetString(); break;
                case "ms": milliseconds = reader.GetInt64(); break;
            }
        }

        return user is not null && page is not null && milliseconds >= 0 && time.Year > 0;
    }

    /// <summary>As <see cref="Reader"/>, but comparing keys and reading the time as UTF-8, as the loops of the pipeline's
    /// comparison do.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>Lines with all four fields.</returns>
    public static long TunedReader(ReadOnlySpan<byte> lines)
    {
        long complete = 0;
        while (!lines.IsEmpty)
        {
            int feed = lines.IndexOf((byte)'\n');
            PageView view = PageView.Parse(lines[..feed]);
            complete += view.Milliseconds >= 0 && view.Time.Year > 0 ? 1 : 0;
            lines = lines[(feed + 1)..];
        }

        return complete;
    }
}
