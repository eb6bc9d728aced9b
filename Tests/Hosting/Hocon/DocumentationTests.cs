using System.Text.RegularExpressions;
using AkkaPrivacy.Hosting.Hocon;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Hocon;

public sealed partial class DocumentationTests
{
    [Fact]
    public void The_examples_of_the_reference_page_are_true()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "reference", "hocon.md"));
        var examples = Example().Matches(page);
        Assert.InRange(examples.Count, 8, 100);
        Assert.All(examples, e => Assert.Equal(e.Groups["result"].Value.Trim(), Run(e.Groups["text"].Value)));
    }

    private static string Run(string text)
    {
        try
        {
            return HoconTesting.Json(HoconDocument.Parse(text, "app.conf").Resolve(_ => null));
        }
        catch (HoconException e)
        {
            return e.Message.ReplaceLineEndings("\n");
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AkkaPrivacy.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No folder above the tests holds AkkaPrivacy.sln.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("```hocon\\n(?<text>.*?)```\\n```(json|text)\\n(?<result>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
