using System.Text.Encodings.Web;
using System.Text.Json;

namespace AkkaPrivacy.Hosting.Commands;

/// <summary>Writes objects as JSON with keys in snake_case.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One object on one line.</summary>
    /// <param name="value">The object.</param>
    /// <returns>The text.</returns>
    public static string Of(object value) => JsonSerializer.Serialize(value, Options);
}
