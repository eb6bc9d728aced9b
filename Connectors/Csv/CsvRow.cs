using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Connectors.Csv;

/// <summary>One released group as a row.</summary>
/// <remarks>The release id stands last and always in quotes, so that a row which ends with a quote is whole. Group keys are JSON,
/// which has no line feeds and begins with a bracket: no row spans lines, and no spreadsheet takes a key for a formula.</remarks>
internal static class CsvRow
{
    /// <summary>The heading, with its line ending.</summary>
    public static readonly byte[] Header =
        "pipeline,query,window_start,window_end,group_key,value,low,high,confidence,epsilon,delta,release_id\r\n"u8.ToArray();

    private static readonly JsonSerializerOptions KeyOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What tells a row from all others: its release and its group.</summary>
    /// <param name="release">The release.</param>
    /// <param name="group">The group.</param>
    /// <returns>The text.</returns>
    public static string Identity(Release release, ReleasedGroup group) => Identity(release.Id.ToString(), Key(group));

    /// <summary>A row with its line ending.</summary>
    /// <param name="release">The release.</param>
    /// <param name="group">The group.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Write(Release release, ReleasedGroup group) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{release.Id.Pipeline},{release.Id.Query},{Instant(release.Id.Window.Start)},{Instant(release.Id.Window.End)},{Quote(Key(group))},{group.Value},{group.Low},{group.High},{release.Confidence},{release.Receipt.Cost.Epsilon},{release.Receipt.Cost.Delta},{Quote(release.Id.ToString())}\r\n"));

    /// <summary>Reads what identifies a row.</summary>
    /// <param name="line">The row without its line ending.</param>
    /// <returns>The identity; null when it is no whole row.</returns>
    public static string? TryReadIdentity(ReadOnlySpan<byte> line)
    {
        var fields = Split(Encoding.UTF8.GetString(line));
        return fields is { Count: 12 } && fields[4].StartsWith('[') && line[^1] == '"' ? Identity(fields[11], fields[4]) : null;
    }

    private static string Identity(string release, string key) => $"{release} {key}";

    private static string Key(ReleasedGroup group) => JsonSerializer.Serialize(group.Key, KeyOptions);

    private static string Quote(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString(time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // Null when a quoted field does not end.
    private static List<string>? Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                field.Append(line[i++]);
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return quoted ? null : fields;
    }
}
