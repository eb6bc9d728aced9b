using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>
/// A release as JSON for programs: snake_case names, instants in ISO-8601 UTC, costs in their integer units.
/// Writing and reading are exact inverses, down to the scale of a decimal.
/// </summary>
/// <remarks>
/// <c>{"id","account","pipeline","plan_hash","query","window":{"start","end"},"aggregate","mechanism","group_by":[],
/// "confidence","groups":[{"key":[],"value","low","high","standard_error"}],"receipt":{...}}</c>. Readers ignore fields they do not know.
/// </remarks>
public static class ReleaseJson
{
    // Keys such as /a?b=1&c stay readable; the text is served as JSON and never pasted into a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>Writes a release.</summary>
    /// <param name="release">The release.</param>
    /// <returns>UTF-8 JSON on one line; the same release gives the same bytes.</returns>
    public static byte[] ToUtf8(Release release)
    {
        // Kept by its thread, so that a stream of releases costs one copy each and no growing buffer.
        var buffer = _buffer ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            WriteTo(writer, release);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a release as one JSON object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="release">The release.</param>
    public static void WriteTo(Utf8JsonWriter writer, Release release)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(release);
        writer.WriteStartObject();
        WriteId(writer, release.Id);
        writer.WriteString("aggregate", release.Aggregate);
        writer.WriteString("mechanism", release.Mechanism);
        writer.WritePropertyName("group_by");
        WriteStrings(writer, release.GroupBy);
        writer.WriteNumber("confidence", release.Confidence);
        WriteGroups(writer, release.Groups);
        writer.WritePropertyName("receipt");
        ReceiptJson.WriteTo(writer, release.Receipt);
        writer.WriteEndObject();
    }

    /// <summary>Reads a release.</summary>
    /// <param name="utf8">UTF-8 JSON.</param>
    /// <returns>The release.</returns>
    /// <exception cref="FormatException">The text is not the JSON of a release; the message names the field or place.</exception>
    public static Release Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return Read(document.RootElement);
        }
        catch (JsonException failure)
        {
            // The exception's own message can quote the text.
            throw new FormatException($"it is not JSON at line {failure.LineNumber}, byte {failure.BytePositionInLine}", failure);
        }
        catch (InvalidOperationException failure)
        {
            throw new FormatException("a text holds half a surrogate pair", failure);
        }
    }

    private static Release Read(JsonElement json)
    {
        var release = new Release
        {
            Id = ReadId(json),
            Aggregate = JsonFields.Text(json, "aggregate"),
            Mechanism = JsonFields.Text(json, "mechanism"),
            GroupBy = ReadStrings(json, "group_by"),
            Confidence = JsonFields.Double(json, "confidence"),
            Groups = [.. JsonFields.Array(json, "groups").Select(ReadGroup)],
            Receipt = ReceiptJson.Read(JsonFields.Object(json, "receipt")),
        };
        return JsonFields.Text(json, "id") == release.Id.ToString() ? release : throw new FormatException("field 'id' does not match its parts");
    }

    private static void WriteId(Utf8JsonWriter writer, ReleaseId id)
    {
        writer.WriteString("id", id.ToString());
        writer.WriteString("account", id.Account);
        writer.WriteString("pipeline", id.Pipeline);
        writer.WriteString("plan_hash", id.PlanHash);
        writer.WriteString("query", id.Query);
        writer.WriteStartObject("window");
        writer.WriteString("start", JsonFields.Instant(id.Window.StartMs));
        writer.WriteString("end", JsonFields.Instant(id.Window.EndMs));
        writer.WriteEndObject();
    }

    private static ReleaseId ReadId(JsonElement json)
    {
        var window = JsonFields.Object(json, "window");
        return new ReleaseId(
            JsonFields.Text(json, "account"),
            JsonFields.Text(json, "pipeline"),
            JsonFields.Text(json, "query"),
            JsonFields.Text(json, "plan_hash"),
            new Time.TimeWindow(JsonFields.Instant(window, "start"), JsonFields.Instant(window, "end")));
    }

    private static void WriteGroups(Utf8JsonWriter writer, IReadOnlyList<ReleasedGroup> groups)
    {
        writer.WriteStartArray("groups");
        foreach (var group in groups)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("key");
            WriteStrings(writer, group.Key);
            writer.WriteNumber("value", group.Value);
            writer.WriteNumber("low", group.Low);
            writer.WriteNumber("high", group.High);
            if (group.StandardError is { } error)
            {
                writer.WriteNumber("standard_error", error);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static ReleasedGroup ReadGroup(JsonElement json) => new(
        ReadStrings(json, "key"), JsonFields.Decimal(json, "value"), JsonFields.Decimal(json, "low"), JsonFields.Decimal(json, "high"))
    {
        StandardError = json.TryGetProperty("standard_error", out _) ? JsonFields.Double(json, "standard_error") : null,
    };

    private static void WriteStrings(Utf8JsonWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray();
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static string[] ReadStrings(JsonElement json, string name) =>
        [.. JsonFields.Array(json, name).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw JsonFields.Bad(name))];
}
