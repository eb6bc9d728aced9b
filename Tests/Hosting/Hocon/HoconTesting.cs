using System.Text.Json;
using AkkaPrivacy.Hosting.Hocon;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

internal static class HoconTesting
{
    /// <summary>Resolves text with an environment that has only the given variables.</summary>
    public static HoconObject Resolve(string text, params (string Name, string Value)[] environment) =>
        HoconDocument.Parse(text, "test.conf").Resolve(name => environment.FirstOrDefault(e => e.Name == name).Value);

    /// <summary>The resolved text as compact JSON.</summary>
    public static string Json(string text, params (string Name, string Value)[] environment) => Json(Resolve(text, environment));

    public static string Json(HoconValue value) => value switch
    {
        HoconObject map => "{" + string.Join(",", map.Select(f => $"{Quote(f.Key)}:{Json(f.Value)}")) + "}",
        HoconArray array => "[" + string.Join(",", array.Select(Json)) + "]",
        HoconScalar { Kind: HoconScalarKind.Quoted or HoconScalarKind.Unquoted } text => Quote(text.Text),
        HoconScalar other => other.Text,
        _ => throw new InvalidOperationException(),
    };

    public static HoconException Fails(string text) => Assert.Throws<HoconException>(() => Resolve(text));

    /// <summary>Asserts one error at a place, whose message holds all the pieces.</summary>
    public static void FailsAt(string text, int line, int column, params string[] pieces)
    {
        var error = Assert.Single(Fails(text).Errors);
        Assert.Equal(("test.conf", line, column), (error.Origin.Source, error.Origin.Line, error.Origin.Column));
        Assert.All(pieces, p => Assert.Contains(p, error.Message, StringComparison.Ordinal));
    }

    public static HoconScalar Scalar(string value) => (HoconScalar)Resolve("a = " + value)["a"];

    private static string Quote(string text) => JsonSerializer.Serialize(text, Relaxed);

    private static readonly JsonSerializerOptions Relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
