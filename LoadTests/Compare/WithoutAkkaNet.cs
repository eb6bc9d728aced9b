using System.CommandLine;

namespace AkkaPrivacy.LoadTests.Compare;

/// <summary>What stands in the place of a comparison that needs Akka.NET in a build without it.</summary>
internal static class WithoutAkkaNet
{
    /// <summary>The exit code.</summary>
    public const int ExitCode = 2;

    /// <summary>A command that says how to build.</summary>
    /// <param name="name">The comparison.</param>
    /// <returns>The command.</returns>
    public static Command CreateCommand(string name)
    {
        var command = new Command(name, $"Needs Akka.NET, which this build is without: {HowTo(name)}") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Error.WriteLine($"'compare {name}' needs Akka.NET, which this build is without. Run: {HowTo(name)}");
            return ExitCode;
        });
        return command;
    }

    private static string HowTo(string name) => $"dotnet run -c Release --project LoadTests -p:AkkaNet=true -- compare {name}";
}
