using System.Globalization;
using System.Text.Json;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>Reads typed fields of a JSON object; every failure is a <see cref="FormatException"/> that names the
/// field and never its value.</summary>
internal static class JsonFields
{
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string Instant(long timeMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString(InstantFormat, CultureInfo.InvariantCulture);

    public static long Instant(JsonElement json, string name) =>
        DateTimeOffset.TryParseExact(Text(json, name), InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUnixTimeMilliseconds()
            : throw Bad(name);

    public static string Text(JsonElement json, string name) => Field(json, name, JsonValueKind.String).GetString()!;

    public static long Long(JsonElement json, string name, long max) =>
        Field(json, name, JsonValueKind.Number).TryGetInt64(out var number) && number >= 0 && number <= max ? number : throw Bad(name);

    public static double Double(JsonElement json, string name) =>
        Field(json, name, JsonValueKind.Number).TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Bad(name);

    public static decimal Decimal(JsonElement json, string name) =>
        Field(json, name, JsonValueKind.Number).TryGetDecimal(out var number) ? number : throw Bad(name);

    public static JsonElement Object(JsonElement json, string name) => Field(json, name, JsonValueKind.Object);

    public static IEnumerable<JsonElement> Array(JsonElement json, string name) => Field(json, name, JsonValueKind.Array).EnumerateArray();

    public static FormatException Bad(string name) => new($"field '{name}' is missing or malformed");

    private static JsonElement Field(JsonElement json, string name, JsonValueKind kind) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var field) && field.ValueKind == kind ? field : throw Bad(name);
}
