using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Demo.Traffic;
using AkkaPrivacy.Hosting.Run;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary><c>akkaprivacy demo</c>: makes traffic, publishes numbers about it and shows them beside the truth.</summary>
internal static class DemoCommand
{
    private static readonly Option<long> Events = Number(
        "--events", "N", $"Events to make, 1 to {TrafficOptions.MaxEvents:#,0}.", 1, TrafficOptions.MaxEvents, DemoOptions.DefaultEvents);

    private static readonly Option<long> Seed = Number(
        "--seed", "S", "Which made-up population, 0 to 2^63 - 1; each has a budget of its own.", 0, long.MaxValue, 1);

    private static readonly Option<long> Lanes = Number(
        "--lanes", "N", $"Lanes that run in parallel, 1 to {DemoOptions.MaxLanes}. They change no number before noise.", 1, DemoOptions.MaxLanes, 1);

    private static readonly Option<string> Store = new("--db")
    {
        Description = "The SQLite file for releases and ledger; made when it is missing. Its key file FILE.keys stands beside it.",
        HelpName = "FILE",
        DefaultValueFactory = _ => DemoOptions.DefaultStore,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print exactly one JSON object: releases with true values, spent, left." };

    private static readonly Option<bool> All = new("--all") { Description = "Show every group, not only the largest of each window." };

    /// <summary>The command.</summary>
    /// <param name="time">The clock; null takes the system's.</param>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create(TimeProvider? time = null)
    {
        var command = new Command(
            "demo",
            """
            Make six hours of traffic of a platform that hosts sites, and publish private numbers about it.

            Events hold e-mail, IP address, cookie, user agent and pages of visitors in sessions; some are out of order,
            late or malformed. The pipeline of hocon/demo.conf turns them into numbers with noise and intervals, which are
            shown beside the true ones: that is possible because the traffic is made up, and no other command can do it.
            A second run on the same file spends nothing and publishes the same numbers.

              akkaprivacy demo
              akkaprivacy demo --events 1000000 --seed 7 --json
            """)
        {
            Events, Seed, Store, Lanes, Json, All,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, time ?? TimeProvider.System, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider time, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var options = new DemoOptions(
            new TrafficOptions(parsed.GetValue(Events), (ulong)parsed.GetValue(Seed)), parsed.GetRequiredValue(Store), (int)parsed.GetValue(Lanes));
        try
        {
            var progress = DemoProgress.On(error, options.Traffic.Events, time);
            var result = await new DemoRunner(options, time).RunAsync(progress, cancellation).ConfigureAwait(false);
            Write(result, parsed, output);
            return CodeOf(result, error);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await error.WriteLineAsync("Interrupted before anything was read. Nothing was spent; the same command starts again.").ConfigureAwait(false);
            return ExitCode.Interrupted;
        }
        catch (ConfigurationException mistakes)
        {
            return ConfigurationReport.Write(mistakes, output, error, parsed.GetValue(Json));
        }
        catch (Exception exception) when (RunFailure.Of(exception) is { ExitCode: not ExitCode.Unexpected } failure)
        {
            return Report(failure, parsed, output, error);
        }
    }

    private static int Report(RunFailure failure, ParseResult parsed, TextWriter output, TextWriter error)
    {
        failure.Write(error, details: null);
        if (parsed.GetValue(Json))
        {
            output.WriteLine(JsonText.Of(new { Error = new { failure.ExitCode, failure.Message } }));
        }

        return failure.ExitCode;
    }

    private static void Write(DemoResult result, ParseResult parsed, TextWriter output)
    {
        if (parsed.GetValue(Json))
        {
            output.WriteLine(DemoJson.Of(result));
        }
        else
        {
            new DemoText(output, parsed.GetValue(All)).Write(result);
        }
    }

    private static int CodeOf(DemoResult result, TextWriter error)
    {
        if (result.Summary.Interrupted)
        {
            error.WriteLine("Interrupted. What was released is stored; the same command again publishes the rest.");
            return ExitCode.Interrupted;
        }

        return result.Summary.Withheld.Count > 0 ? ExitCode.Withheld : ExitCode.Done;
    }

    private static Option<long> Number(string name, string helpName, string description, long least, long most, long byDefault) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => Parse(result, name, least, most),
    };

    private static long Parse(ArgumentResult result, string name, long least, long most)
    {
        if (long.TryParse(result.Tokens.Single().Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be a whole number from {least} to {most}."));
        return least;
    }
}
