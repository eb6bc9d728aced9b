using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>The README's commands, the script that runs them, and tables of the reference.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void The_first_two_commands_run_the_demo_and_the_tests()
    {
        var commands = Shell().Matches(Read("README.md")).Select(block => block.Groups[1].Value.Trim()).Take(2).ToList();

        Assert.Equal("dotnet run -c Release --project Hosting -- demo", commands[0]);
        Assert.StartsWith("dotnet test AkkaPrivacy.sln -c Release", commands[1]);
        Assert.Contains($"\ntest_command='{commands[1]}'\n", Read(".ci/run"));
    }

    [Fact]
    public void The_script_can_be_run()
    {
        var script = Path.Combine(Repository.Root, ".ci", "run");
        Assert.StartsWith("#!/usr/bin/env bash\n", File.ReadAllText(script));
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute));
        }
    }

    [Fact]
    public void Every_instrument_is_documented()
    {
        var code = Instrument().Matches(Read("Engine/Runtime/Metrics/PipelineMetrics.cs")).Select(match => match.Value.Trim('"')).Order().ToList();
        var page = Instrument().Matches(Read("docs/operating/metrics.md").Replace('`', '"')).Select(match => match.Value.Trim('"')).Order().ToList();

        Assert.True(code.Count > 5);
        Assert.Equal(code, page);
    }

    [Fact]
    public void Every_stage_is_in_the_reference()
    {
        var page = Read("docs/reference/stages.md");
        var kinds = Repository.Files("*.cs", "Engine").Concat(Repository.Files("*.cs", "Operators"))
            .SelectMany(file => Kind().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct().ToList();

        Assert.True(kinds.Count > 12);
        Assert.All(kinds, kind => Assert.True(page.Contains($"`{kind}`", StringComparison.Ordinal), $"docs/reference/stages.md does not name '{kind}', a {nameof(GraphNode)}."));
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Shell();

    [GeneratedRegex("\"akkaprivacy\\.[a-z_.]+\"")]
    private static partial Regex Instrument();

    [GeneratedRegex("string Kind => \"([a-z-]+)\"")]
    private static partial Regex Kind();
}
