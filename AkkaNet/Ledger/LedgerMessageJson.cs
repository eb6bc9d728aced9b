using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>The form of the messages between nodes. Every field is required and no other is allowed; a change takes the
/// next number in <see cref="LedgerSerializer"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(PrivacyCostConverter), typeof(ReleaseConverter)])]
[JsonSerializable(typeof(OpenAccount))]
[JsonSerializable(typeof(AskRelease))]
[JsonSerializable(typeof(GrantBudget))]
[JsonSerializable(typeof(MarkBelow))]
[JsonSerializable(typeof(AskStatus))]
[JsonSerializable(typeof(AskHistory))]
[JsonSerializable(typeof(Accepted))]
[JsonSerializable(typeof(Refused))]
[JsonSerializable(typeof(Released))]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(HistoryReply))]
internal sealed partial class LedgerMessageJson : JsonSerializerContext;

/// <summary>A cost as <c>["pure", loss, atto-delta]</c>, in integer units.</summary>
internal sealed class PrivacyCostConverter : JsonConverter<PrivacyCost>
{
    public override PrivacyCost Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        var parts = json.RootElement;
        if (parts.ValueKind != JsonValueKind.Array || parts.GetArrayLength() != 3 || !PrivacyMeasureNames.TryParse(parts[0].GetString() ?? "", out var measure))
        {
            throw new JsonException("a cost is malformed");
        }

        return PrivacyCost.FromUnits(measure, parts[1].GetInt64(), parts[2].GetInt64());
    }

    public override void Write(Utf8JsonWriter writer, PrivacyCost value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(PrivacyMeasureNames.ToName(value.Measure));
        writer.WriteNumberValue(value.Loss);
        writer.WriteNumberValue(value.AttoDelta);
        writer.WriteEndArray();
    }
}

/// <summary>A release in its one stored form, <see cref="ReleaseJson"/>.</summary>
internal sealed class ReleaseConverter : JsonConverter<Release>
{
    public override Release Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        return ReleaseJson.Read(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(json.RootElement).ToArray());
    }

    public override void Write(Utf8JsonWriter writer, Release value, JsonSerializerOptions options) => ReleaseJson.WriteTo(writer, value);
}
