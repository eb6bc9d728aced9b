using System.Text.RegularExpressions;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>Pages name commands and options that are there.</summary>
public sealed partial class CommandTests
{
    [Fact]
    public async Task Commands_and_options_on_pages_exist()
    {
        var help = new Dictionary<string, string>();
        foreach (var page in Pages())
        {
            foreach (Match used in Used().Matches(File.ReadAllText(page)))
            {
                var command = used.Groups["command"].Value;
                help[command] = help.GetValueOrDefault(command) ?? await HelpAsync(command);
                Assert.True(help[command].Contains($"akkaprivacy {command}", StringComparison.Ordinal), $"{Repository.Name(page)} names the command '{command}', which is not there.");
                foreach (Match option in Option().Matches(used.Groups["rest"].Value))
                {
                    Assert.True(help[command].Contains(option.Value, StringComparison.Ordinal), $"{Repository.Name(page)} gives '{command}' the option {option.Value}, which it does not have.");
                }
            }
        }

        Assert.Superset(new HashSet<string> { "demo", "check", "run", "topology" }, help.Keys.ToHashSet());
    }

    private static IEnumerable<string> Pages() => Repository.Files("*.md").Concat(Repository.Files("*.conf"));

    private static async Task<string> HelpAsync(string command)
    {
        var output = new StringWriter();
        await CommandLine.RunAsync([.. command.Split(' '), "--help"], output, output);
        return output.ToString();
    }

    [GeneratedRegex(@"(?:akkaprivacy|--project Hosting --) (?<command>ledger [a-z][a-z-]*|[a-z][a-z-]*)(?<rest>[^`\n]*)")]
    private static partial Regex Used();

    [GeneratedRegex("(?<= )--[a-z-]+")]
    private static partial Regex Option();
}
