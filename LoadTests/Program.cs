using System.CommandLine;
using AkkaPrivacy.LoadTests.Compare;
using AkkaPrivacy.LoadTests.Coverage;

namespace AkkaPrivacy.LoadTests;

/// <summary>Measures the product's speed and compares it with what one would write instead.</summary>
internal static class Program
{
    /// <summary>The command line, as <c>--help</c> describes it.</summary>
    /// <returns>The root command.</returns>
    internal static RootCommand CreateCommand() => new(
        """
        Measures AkkaPrivacy and what one would write without it, side by side in one process.

        Run it on a release build:
          dotnet run -c Release --project LoadTests -- compare hmac
          dotnet run -c Release --project LoadTests -- compare pipeline --json --seconds 30
          dotnet run -c Release --project LoadTests -- profile pipeline
          dotnet run -c Release --project LoadTests -- coverage --runs 200
        """)
    {
        CompareCommand.Create(),
        Profile.ProfileCommand.Create(),
        Soak.SoakCommand.CreateCommand(),
        CoverageCommand.Create(),
        Fuzz.FuzzCommand.CreateCommand(),
        Race.RaceWriterCommand.CreateCommand(),
    };

    private static int Main(string[] arguments) => CreateCommand().Parse(arguments).Invoke();
}
