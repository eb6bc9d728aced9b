using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.Verification;

/// <summary>
/// A receipt as a file. Form 2: <c>{"form":"akkaprivacy-receipt/2","release":{<see cref="ReleaseJson"/>},
/// "above":[event],"events":[event],"head":{"version","hash"}}</c>, where an event is <c>{"version","type","payload","hash"}</c>. Form 1 has
/// the release's id and account in the place of the release, and is read only.
/// </summary>
/// <remarks>Reading form 2 takes exactly the bytes that writing gives, so that no byte can be another one and mean the same.</remarks>
internal static class ReceiptText
{
    /// <summary>The form that is written.</summary>
    public const string Form = "akkaprivacy-receipt/2";

    /// <summary>The form before, which has no values.</summary>
    public const string FormBefore = "akkaprivacy-receipt/1";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a receipt that holds its release; one line, without its end.</summary>
    public static byte[] Write(ReceiptFile file)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("form", Form);
            writer.WritePropertyName("release");
            ReleaseJson.WriteTo(writer, file.Released!);
            Write(writer, "above", file.Above);
            Write(writer, "events", file.Events);
            writer.WriteStartObject("head");
            writer.WriteNumber("version", file.Head.Version);
            writer.WriteString("hash", file.Head.Hash);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is no receipt, or not in the bytes that one is written in.</exception>
    public static ReceiptFile Read(byte[] utf8)
    {
        var file = Parse(utf8);
        if (file.Released is not null && Difference(Write(file), utf8) is { } place)
        {
            throw new FormatException($"byte {place} is not what a receipt of form {Form} has there");
        }

        return file;
    }

    private static ReceiptFile Parse(byte[] utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            var root = json.RootElement;
            var file = Text(root, "form") switch
            {
                Form => Released(root),
                FormBefore => new ReceiptFile(Text(root, "release"), Text(root, "account"), Events(root, "events")),
                _ => throw new FormatException($"it is no receipt of form {Form} or {FormBefore}"),
            };
            if (file.Events.Count == 0)
            {
                throw new FormatException("it has no event");
            }

            var head = root.GetProperty("head");
            return Text(head, "hash") == file.Head.Hash && head.GetProperty("version").GetInt64() == file.Head.Version
                ? file
                : throw new FormatException("field 'head' is not its newest event");
        }
        catch (JsonException failure)
        {
            throw new FormatException($"it is not JSON at line {failure.LineNumber}, byte {failure.BytePositionInLine}", failure);
        }
        catch (Exception failure) when (failure is InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("it is no receipt: a field is missing or malformed", failure);
        }
    }

    private static ReceiptFile Released(JsonElement root)
    {
        Release release;
        try
        {
            release = ReleaseJson.Read(Encoding.UTF8.GetBytes(root.GetProperty("release").GetRawText()));
        }
        catch (FormatException failure)
        {
            throw new FormatException($"its release cannot be read: {failure.Message}", failure);
        }

        return new ReceiptFile(release.Id.ToString(), release.Id.Account, Events(root, "events")) { Released = release, Above = Events(root, "above") };
    }

    private static ReceiptEvent[] Events(JsonElement root, string name) => [.. root.GetProperty(name).EnumerateArray().Select(item =>
        new ReceiptEvent(item.GetProperty("version").GetInt64(), Text(item, "type"), Text(item, "payload"), Text(item, "hash")))];

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<ReceiptEvent> events)
    {
        writer.WriteStartArray(name);
        foreach (var item in events)
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", item.Version);
            writer.WriteString("type", item.Type);
            writer.WriteString("payload", item.Payload);
            writer.WriteString("hash", item.Hash);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // A shell may end the line in its own way.
    private static int? Difference(ReadOnlySpan<byte> written, ReadOnlySpan<byte> found)
    {
        var same = written.CommonPrefixLength(found);
        return same == written.Length && (found[same..].IsEmpty || found[same..].SequenceEqual("\n"u8) || found[same..].SequenceEqual("\r\n"u8)) ? null : same;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"field '{name}' is null");
}
