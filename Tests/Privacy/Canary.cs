using System.Text;
using Xunit;

namespace AkkaPrivacy.Tests.Privacy;

/// <summary>Personal values that occur nowhere else, and the search for them in whatever form.</summary>
public static class Canary
{
    public const string Email = "canary.7f3a9c@hidden.example";
    public const string Ip = "203.0.113.77";
    public const string Cookie = "c00k1e-canary-5521";
    private static readonly string[] All = [Email, Ip, Cookie];

    private static readonly byte[][] Forms = [.. All.SelectMany(FormsOf)];

    public static void AssertAbsent(string place, string text) => AssertAbsent(place, Encoding.UTF8.GetBytes(text));

    public static void AssertAbsent(string place, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < Forms.Length; i++)
        {
            Assert.True(bytes.IndexOf(Forms[i]) < 0, $"{place} holds '{Encoding.UTF8.GetString(Forms[i])}'.");
        }
    }

    public static void AssertAbsentFromFiles(string folder, params string[] inputs)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !inputs.Contains(Path.GetFileName(file))))
        {
            AssertAbsent(Path.GetFileName(file), File.ReadAllBytes(file));
        }
    }

    // Base64 of a text inside other text begins at one of three places of a group; its inner characters are the same.
    private static IEnumerable<byte[]> FormsOf(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        yield return utf8;
        yield return Encoding.Unicode.GetBytes(value);
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(utf8));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8));
        for (var shift = 0; shift < 3; shift++)
        {
            var base64 = Convert.ToBase64String([.. new byte[shift], .. utf8]);
            yield return Encoding.ASCII.GetBytes(base64[4..^4]);
        }
    }
}
