using System.Text.RegularExpressions;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>Pages point at what is there.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Links_lead_to_files_and_headings()
    {
        foreach (var page in Repository.Files("*.md"))
        {
            foreach (var link in Link().Matches(Code().Replace(File.ReadAllText(page), string.Empty)).Select(link => link.Groups["to"].Value))
            {
                Assert.True(Resolves(page, link), $"{Repository.Name(page)} links to '{link}', which is not there.");
            }
        }
    }

    [Fact]
    public void Every_page_of_the_documentation_is_reached_from_its_index()
    {
        var reached = new HashSet<string>();
        Walk(Path.Combine(Repository.Root, "docs", "index.md"), reached);
        string[] folders = ["docs", "Engine", "Operators", "Ledger", "Storage", "Connectors", "Hosting", "TestKit"];
        Assert.Empty(folders.SelectMany(folder => Repository.Files("*.md", folder)).Where(page => !reached.Contains(page)).Select(Repository.Name));
    }

    [Fact]
    public void Files_that_pages_name_exist()
    {
        foreach (var page in Repository.Files("*.md"))
        {
            foreach (var path in Named().Matches(File.ReadAllText(page)).Select(name => name.Groups[1].Value.TrimEnd('/')))
            {
                var full = Path.Combine(Repository.Root, path);
                Assert.True(File.Exists(full) || Directory.Exists(full) || File.Exists(full + ".cs"), $"{Repository.Name(page)} names '{path}', which is not there.");
            }
        }
    }

    private static void Walk(string page, HashSet<string> reached)
    {
        if (!reached.Add(page))
        {
            return;
        }

        foreach (var target in Link().Matches(File.ReadAllText(page)).Select(link => Target(page, link.Groups["to"].Value)).OfType<string>().Where(File.Exists))
        {
            Walk(target, reached);
        }
    }

    private static string? Target(string page, string link) =>
        link.Contains("://", StringComparison.Ordinal) ? null : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, link.Split('#')[0]));

    private static bool Resolves(string page, string link)
    {
        if (link.StartsWith('#'))
        {
            return Headings(page).Contains(link[1..]);
        }

        return Target(page, link) is not { } target
            || Directory.Exists(target)
            || (File.Exists(target) && (!link.Contains('#') || Headings(target).Contains(link.Split('#')[1])));
    }

    // As GitHub makes anchors of headings.
    private static IEnumerable<string> Headings(string page) => Heading().Matches(File.ReadAllText(page))
        .Select(heading => NoAnchor().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-'));

    [GeneratedRegex(@"(?<!!)\[[^\]\n]*\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex("`((?:Engine|Operators|Ledger|Storage|Connectors|Hosting|TestKit|Tests|LoadTests|hocon|docs)/[A-Za-z0-9_./-]*)`")]
    private static partial Regex Named();
}
