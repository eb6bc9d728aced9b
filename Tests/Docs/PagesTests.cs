using System.Text.RegularExpressions;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>The C# that pages show is the C# that the tests run.</summary>
public sealed partial class PagesTests
{
    private static readonly string Examples = Path.Combine(Repository.Root, "Tests", "Docs", "Examples");

    [Fact]
    public void Every_example_on_a_page_equals_its_region()
    {
        var regions = Regions();
        var shown = new HashSet<string>();
        foreach (var page in Repository.Files("*.md", "docs").Append(Path.Combine(Repository.Root, "README.md")))
        {
            foreach (Match block in Block().Matches(File.ReadAllText(page)))
            {
                var name = block.Groups["name"].Value;
                Assert.True(regions.ContainsKey(name), $"{Repository.Name(page)} shows C# without the name of an example: <!-- example: NAME --> stands before the block and // <NAME> around the code.");
                Assert.Equal(regions[name], block.Groups["code"].Value);
                shown.Add(name);
            }
        }

        Assert.Equal(regions.Keys.Order(), shown.Order());
    }

    private static Dictionary<string, string> Regions() => Directory.EnumerateFiles(Examples, "*.cs")
        .SelectMany(file => Region().Matches(File.ReadAllText(file)))
        .ToDictionary(region => region.Groups["name"].Value, region => Dedent(region.Groups["indent"].Value, region.Groups["code"].Value));

    private static string Dedent(string indent, string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line));

    [GeneratedRegex("(<!-- example: (?<name>[a-z-]+) -->\n)?^```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("^(?<indent> *)// <(?<name>[a-z-]+)>\n(?<code>.*?)^ *// </\\k<name>>", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Region();
}
