using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace AkkaPrivacy.LoadTests.Coverage;

/// <summary><c>coverage</c>: runs the demo with many seeds and checks that intervals cover as often as they say.</summary>
internal static class CoverageCommand
{
    private const int MaxRuns = 10_000;
    private const int MaxEvents = 10_000_000;

    private static readonly Option<int> Runs = Number("--runs", $"How many runs, each with another seed, 1 to {MaxRuns}.", MaxRuns, 200);

    private static readonly Option<int> Events = Number("--events", $"Events of each run, 1 to {MaxEvents}.", MaxEvents, 10_000);

    private static readonly Option<bool> Json = new("--json") { Description = "Print exactly one JSON object." };

    /// <summary>The command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        var command = new Command(
            "coverage",
            $"""
            Run the demo many times and print the share of 95 % intervals that cover the bounded true value.

            Exit code 0 when the share is from {CoverageReport.Least} to {CoverageReport.Most}, 1 otherwise. Discrete noise cannot miss in exactly one case
            of twenty, so a little more than 95 % is expected.

              dotnet run -c Release --project LoadTests -- coverage --runs 200
            """)
        {
            Runs, Events, Json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var report = await CoverageRun.RunAsync(parsed.GetValue(Runs), parsed.GetValue(Events), cancellation).ConfigureAwait(false);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json))
        {
            output.WriteLine(report.ToJson());
        }
        else
        {
            report.Write(output);
        }

        return report.IsGood ? 0 : 1;
    }

    private static Option<int> Number(string name, string description, int most, int byDefault) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => Parse(result, name, most),
    };

    private static int Parse(ArgumentResult result, string name, int most)
    {
        if (int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from 1 to {most}."));
        return 1;
    }
}
