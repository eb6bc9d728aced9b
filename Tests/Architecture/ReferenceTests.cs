using System.Xml.Linq;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Architecture;

/// <summary>Which project may reference which.</summary>
public sealed class ReferenceTests
{
    private static readonly string[] Adapters = ["Operators", "Ledger", "Storage", "Connectors"];

    // LoadTests measures the product as it is composed, so it may use whatever Hosting is composed of.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Engine"] = [],
        ["Operators"] = ["Engine"],
        ["Ledger"] = ["Engine"],
        ["Storage"] = ["Engine"],
        ["Connectors"] = ["Engine"],
        ["AkkaNet"] = ["Engine", .. Adapters],
        ["Hosting"] = ["Engine", .. Adapters, "AkkaNet"],
        ["LoadTests"] = ["Engine", .. Adapters, "AkkaNet", "Hosting"],

        // The test kit reads HOCON as the program does. It shows values without noise, so nothing but tests may reference it.
        ["TestKit"] = ["Engine", .. Adapters, "Hosting"],
        ["Tests"] = ["Engine", .. Adapters, "AkkaNet", "Hosting", "LoadTests", "TestKit"],
    };

    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        ["Engine"] = ["System.IO.Hashing"],
        ["Operators"] = [],
        ["Ledger"] = [],
    };

    public static TheoryData<string> Projects => [.. Repository.Files("*.csproj").Select(Repository.Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_what_the_table_allows(string file)
    {
        var project = Path.GetFileNameWithoutExtension(file);
        Assert.True(Allowed.ContainsKey(project), $"{file} is not in the table of projects; add it here and to CONTRIBUTING.md.");
        var references = Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Assert.All(references, reference => Assert.Contains(reference, Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_without_io_takes_no_package_that_brings_it(string file)
    {
        if (AllowedPackages.TryGetValue(Path.GetFileNameWithoutExtension(file), out var allowed))
        {
            Assert.All(Load(file).Descendants("PackageReference"), package => Assert.Contains(package.Attribute("Include")!.Value, allowed));
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_reaches_no_file_of_another_one(string file)
    {
        var items = Load(file).Descendants().Where(item => item.Name.LocalName is "Compile" or "Reference" or "Import" && item.Attribute("Remove") is null);
        Assert.Empty(items);
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "AkkaPrivacy.sln")).Replace('\\', '/');
        Assert.All(Repository.Files("*.csproj"), project => Assert.Contains($"\"{Repository.Name(project)}\"", solution));
    }

    [Fact]
    public void Contributors_read_the_same_table()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "CONTRIBUTING.md"));
        Assert.All(Allowed.Keys, project => Assert.Contains($"`{project}`", page));
    }

    private static XDocument Load(string file) => XDocument.Load(Path.Combine(Repository.Root, file));
}
