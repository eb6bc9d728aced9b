using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>What an account's journal holds: a form with its version, and UTF-8 JSON.</summary>
/// <param name="Form">For example <c>released/2</c>.</param>
/// <param name="Payload">The event.</param>
internal sealed record JournalEvent(string Form, byte[] Payload) : ILedgerWire;

/// <summary>What an account's snapshot holds.</summary>
/// <param name="Form">For example <c>account/1</c>.</param>
/// <param name="Payload">The state.</param>
internal sealed record JournalSnapshot(string Form, byte[] Payload) : ILedgerWire
{
    /// <summary>What the forms of snapshots start with.</summary>
    public const string Prefix = "account/";
}

/// <summary>A charge with the values it paid for, from <c>released/2</c> or <c>released/1</c>.</summary>
/// <param name="Charge">The charge, exactly as a ledger on a store writes <c>charged/2</c>, or wrote <c>charged/1</c>.</param>
/// <param name="ReleaseId">The release's id.</param>
/// <param name="Owner">The epoch of the owner that asked, if it named one.</param>
/// <param name="Release">The release as <see cref="ReleaseJson"/>.</param>
internal sealed record ReleasedEvent(byte[] Charge, string ReleaseId, Fence? Owner, byte[] Release);

/// <summary><c>owned/1</c>: a newer epoch of an owner was seen without a release.</summary>
internal sealed record OwnedV1(string Resource, long Epoch, long AtMs);

/// <summary><c>below/1</c>: an account below this one was opened.</summary>
internal sealed record BelowV1(string Account, long AtMs);

/// <summary>The forms that only the sharded ledger has.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(OwnedV1))]
[JsonSerializable(typeof(BelowV1))]
internal sealed partial class JournalJson : JsonSerializerContext;

/// <summary>
/// The stored forms: <c>opened/1</c> and <c>granted/1</c> as <c>Ledger/LedgerEventCodec</c> writes them;
/// <c>released/2</c> is <c>{"charge":{charged/2},"owner":{"resource","epoch"}|null,"release":{ReleaseJson}}</c>, and
/// <c>released/1</c> the same with a <c>charged/1</c>, which is read and not written any more;
/// <c>owned/1</c> and <c>below/1</c>. A form, once written, is never changed: a new one gets a new number.
/// </summary>
internal static class JournalForms
{
    public const string Opened = "opened/1";
    public const string Granted = "granted/1";
    public const string Released = "released/2";
    public const string ReleasedBefore = "released/1";
    public const string Owned = "owned/1";
    public const string Below = "below/1";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JournalEvent Write(ReadOnlySpan<byte> charge, Fence? owner, Release release)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("charge");
            writer.WriteRawValue(charge);
            WriteOwner(writer, owner);
            writer.WritePropertyName("release");
            ReleaseJson.WriteTo(writer, release);
            writer.WriteEndObject();
        }

        return new JournalEvent(Released, buffer.WrittenSpan.ToArray());
    }

    public static JournalEvent Write(OwnedV1 owned) => new(Owned, JsonSerializer.SerializeToUtf8Bytes(owned, JournalJson.Default.OwnedV1));

    public static JournalEvent Write(BelowV1 below) => new(Below, JsonSerializer.SerializeToUtf8Bytes(below, JournalJson.Default.BelowV1));

    /// <exception cref="FormatException">The payload is malformed.</exception>
    public static ReleasedEvent ReadReleased(byte[] payload) => Guard(() =>
    {
        using var json = JsonDocument.Parse(payload);
        var root = json.RootElement;
        var charge = root.GetProperty("charge");
        var owner = root.GetProperty("owner");
        var fence = owner.ValueKind == JsonValueKind.Null
            ? null
            : new Fence(owner.GetProperty("resource").GetString()!, owner.GetProperty("epoch").GetInt64());
        return root.EnumerateObject().Count() == 3
            ? new ReleasedEvent(Raw(charge), charge.GetProperty("release").GetString()!, fence, Raw(root.GetProperty("release")))
            : throw new FormatException("its fields are not those of its form");
    });

    /// <exception cref="FormatException">The payload is malformed.</exception>
    public static OwnedV1 ReadOwned(byte[] payload) => Guard(() => JsonSerializer.Deserialize(payload, JournalJson.Default.OwnedV1)!);

    /// <exception cref="FormatException">The payload is malformed.</exception>
    public static BelowV1 ReadBelow(byte[] payload) => Guard(() => JsonSerializer.Deserialize(payload, JournalJson.Default.BelowV1)!);

    private static byte[] Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();

    private static void WriteOwner(Utf8JsonWriter writer, Fence? owner)
    {
        if (owner is null)
        {
            writer.WriteNull("owner");
            return;
        }

        writer.WriteStartObject("owner");
        writer.WriteString("resource", owner.Resource);
        writer.WriteNumber("epoch", owner.Epoch);
        writer.WriteEndObject();
    }

    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read() ?? throw new FormatException("its payload is null");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Their messages can quote the payload.
            throw new FormatException("its payload is malformed", failure);
        }
    }
}
