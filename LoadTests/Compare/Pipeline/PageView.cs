using System.Text.Json;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>An event, as a program that handles one at a time would hold it.</summary>
internal readonly record struct PageView(DateTimeOffset Time, string User, string Page, int Milliseconds)
{
    /// <summary>Reads an event's four fields.</summary>
    /// <param name="line">A JSON object.</param>
    /// <returns>The event.</returns>
    /// <exception cref="JsonException">The line is not such an event.</exception>
    public static PageView Parse(ReadOnlySpan<byte> line)
    {
        DateTimeOffset time = default;
        string? user = null;
        string? page = null;
        int milliseconds = 0;
        var reader = new Utf8JsonReader(line);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                time = reader.GetDateTimeOffset();
            }
            else if (reader.ValueTextEquals("user"u8))
            {
                reader.Read();
                user = reader.GetString();
            }
            else if (reader.ValueTextEquals("page"u8))
            {
                reader.Read();
                page = reader.GetString();
            }
            else if (reader.ValueTextEquals("ms"u8))
            {
                reader.Read();
                milliseconds = reader.GetInt32();
            }
            else
            {
                reader.Skip();
            }
        }

        return new PageView(time, user ?? throw new JsonException("no user"), page ?? throw new JsonException("no page"), milliseconds);
    }
}
