using System.Text.RegularExpressions;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Architecture;

/// <summary>How files and folders are laid out, and words that say that something is not finished.</summary>
public sealed partial class FileTests
{
    private const int LongestFile = 400;
    private static readonly string[] Products = ["Engine", "Operators", "Ledger", "Storage", "Connectors", "Hosting", "TestKit"];
    private static readonly string[] NoFolders = ["common", "util", "utils", "utilities", "helper", "helpers", "misc", "shared"];

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Assert.Empty(Repository.Files("*.cs").Where(file => File.ReadLines(file).Count() > LongestFile).Select(Repository.Name));

    [Fact]
    public void Namespaces_mirror_folders()
    {
        foreach (var file in Repository.Files("*.cs"))
        {
            var name = Repository.Name(file);
            var expected = "AkkaPrivacy." + Path.GetDirectoryName(name)!.Replace('\\', '/').Replace('/', '.');
            var declared = Namespace().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).ToList();
            Assert.True(declared is [var only] && only == expected, $"{name} declares '{string.Join("', '", declared)}' instead of the one namespace '{expected}'.");
        }
    }

    [Fact]
    public void There_is_no_folder_for_things_in_common()
    {
        var folders = Repository.Files("*").SelectMany(file => Path.GetDirectoryName(Repository.Name(file))!.Split('/', '\\')).Distinct();
        Assert.DoesNotContain(folders, folder => NoFolders.Contains(folder.ToLowerInvariant()));
    }

    [Fact]
    public void Each_operator_says_its_contract_in_its_folder()
    {
        var folders = Repository.Files("*.cs", "Operators")
            .Where(file => PublicType().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetDirectoryName(file)!).Distinct().ToList();

        Assert.True(folders.Count > 5);
        Assert.All(folders, folder =>
        {
            var page = Path.Combine(folder, "README.md");
            Assert.True(File.Exists(page), $"{Repository.Name(folder)} has no README.md");
            Assert.True(File.ReadAllLines(page).Length >= 10, $"{Repository.Name(page)} is too short to hold a contract");
        });
    }

    [Fact]
    public void Tests_mirror_folders_of_the_product()
    {
        var folders = Products.SelectMany(project => Repository.Files("*.cs", project)).Select(file => Path.GetDirectoryName(Repository.Name(file))!).ToHashSet();
        var tests = Products.SelectMany(project => Directory.Exists(Path.Combine(Repository.Root, "Tests", project)) ? Repository.Files("*.cs", $"Tests/{project}") : [])
            .Select(file => Path.GetRelativePath("Tests", Path.GetDirectoryName(Repository.Name(file))!).Replace('\\', '/'))
            .Distinct();
        Assert.All(tests, folder => Assert.Contains(folders, product => product == folder || product.StartsWith(folder + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        var texts = Products.Append("LoadTests").SelectMany(project => Repository.Files("*.cs", project))
            .Concat(Repository.Files("*.md")).Concat(Repository.Files("*.conf"));
        foreach (var file in texts)
        {
            var found = Unfinished().Match(File.ReadAllText(file));
            Assert.False(found.Success, $"{Repository.Name(file)} says '{found.Value}'.");
        }
    }

    [Fact]
    public void No_test_is_skipped_and_none_sleeps() =>
        Assert.Empty(Repository.Files("*.cs", "Tests").Where(file => Skipped().IsMatch(File.ReadAllText(file))).Select(Repository.Name));

    [Fact]
    public void Rules_are_not_switched_off_in_the_product()
    {
        var sources = Products.SelectMany(project => Repository.Files("*.cs", project)).Concat(Repository.Files("*.csproj")).Concat(Repository.Files("*.props"));
        Assert.Empty(sources.Where(file => SwitchedOff().IsMatch(File.ReadAllText(file))).Select(Repository.Name));
        Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")));
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")));
    }

    [GeneratedRegex("^namespace ([A-Za-z0-9_.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex("^public .*(class|record|struct|interface|enum) ", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\b(todo|fixme|placeholder|dummy|fake|for now|not yet supported)\b|NotImplementedException|NotSupportedYet", RegexOptions.IgnoreCase)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\[(Fact|Theory)\([^\]]*Skip\s*=|Thread\.Sleep\(")]
    private static partial Regex Skipped();

    [GeneratedRegex(@"#pragma warning disable\s+(CS1591|RS0030)|SuppressMessage\(|<NoWarn>[^<]*(1591|RS0030)")]
    private static partial Regex SwitchedOff();
}
