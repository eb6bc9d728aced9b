using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AkkaPrivacy.LoadTests.Measuring;
using Spectre.Console;

namespace AkkaPrivacy.LoadTests.Compare;

/// <summary>What all comparisons' commands share: the options <c>--json</c> and <c>--seconds</c>, and the output.</summary>
internal sealed class ComparisonCommand : Command
{
    private const double DefaultSeconds = 10;
    private const double MinSeconds = 0.01;
    private const double MaxSeconds = 3600;

    private readonly Option<bool> _json = CreateJsonOption();

    private readonly Option<double> _seconds =
        CreateSecondsOption("Measured time in all; warm-up comes on top, and every contender does at least one pass a round.");

    /// <summary>A comparison.</summary>
    /// <param name="name">Its name on the command line.</param>
    /// <param name="job">What an event is and what is done with it, in a sentence.</param>
    /// <param name="details">What the contenders are, for <c>--help</c>.</param>
    /// <param name="prepare">Builds input and contenders.</param>
    public ComparisonCommand(string name, string job, string details, Func<ParseResult, IReadOnlyList<Contender>> prepare)
        : base(name, job + Environment.NewLine + details)
    {
        Options.Add(_json);
        Options.Add(_seconds);
        SetAction(parsed =>
        {
            IReadOnlyList<ContenderResult> results = Rounds.Run(prepare(parsed), TimeSpan.FromSeconds(parsed.GetValue(_seconds)));
            Print(new ComparisonReport(name, job, results), parsed);
        });
    }

    /// <summary>The option <c>--json</c>.</summary>
    /// <returns>A new option.</returns>
    public static Option<bool> CreateJsonOption() => new("--json")
    {
        Description = "Print exactly one JSON object: name, results and ratios.",
    };

    /// <summary>The option <c>--seconds</c>.</summary>
    /// <param name="meaning">What is measured for so long, in sentences.</param>
    /// <returns>A new option.</returns>
    public static Option<double> CreateSecondsOption(string meaning) => new("--seconds")
    {
        Description = $"{meaning} {MinSeconds} to {MaxSeconds}.",
        HelpName = "S",
        DefaultValueFactory = _ => DefaultSeconds,
        CustomParser = ParseSeconds,
    };

    private static double ParseSeconds(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens.Single().Value, CultureInfo.InvariantCulture, out double seconds) && seconds is >= MinSeconds and <= MaxSeconds)
        {
            return seconds;
        }

        result.AddError($"--seconds must be a number from {MinSeconds} to {MaxSeconds}.");
        return DefaultSeconds;
    }

    private void Print(ComparisonReport report, ParseResult parsed)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            output.WriteLine(JsonReport.Format(report));
        }
        else if (Console.IsOutputRedirected || output != Console.Out)
        {
            TableReport.WritePlain(report, output);
        }
        else
        {
            TableReport.WriteFramed(report, AnsiConsole.Console);
        }
    }
}
