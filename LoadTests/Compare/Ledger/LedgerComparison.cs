using System.CommandLine;
using System.Globalization;

namespace AkkaPrivacy.LoadTests.Compare.Ledger;

/// <summary><c>compare ledger</c>: durable releases a second, in groups and one by one.</summary>
internal static class LedgerComparison
{
    private const string Job = "Durable releases over many accounts: all callers at once for the maximum, then arrivals by a fixed schedule.";

    private static readonly Option<bool> Json = ComparisonCommand.CreateJsonOption();
    private static readonly Option<double> Seconds = ComparisonCommand.CreateSecondsOption("The length of each loop: two for each contender, of which there are two on each store; warm-up and verification come on top.");
    private static readonly Option<int> Accounts = Number("--accounts", "Accounts, 1 to 10,000; they take turns.", 10_000, 1_000);
    private static readonly Option<int> Callers = Number("--callers", "Callers that ask at once for the maximum, 1 to 100,000.", 100_000, 2_000);
    private static readonly Option<int> Rate = Number("--rate", "Arrivals a second for group-commit after that, 1 to 1,000,000; one-by-one gets half of its own maximum.", 1_000_000, 10_000);
    private static readonly Option<int> MaxGroup = Number("--max-group", "GroupCommitOptions.MaxGroup, 1 to 10,000.", 10_000, 1_000);
    private static readonly Option<string?> Postgres = new("--postgres") { Description = "A PostgreSQL server as Npgsql connects to it, by a user who may create schemas. Without it PostgreSQL is left out.", HelpName = "CONNECTION" };
    private static readonly Option<string> Store = new("--store") { Description = "sqlite, postgresql or both.", HelpName = "STORE", DefaultValueFactory = _ => "both" };

    private static readonly Option<FileInfo?> Open = new("--open") { Description = "Measures something else instead: how long an account of a million events in this SQLite file takes to open in a new process. A missing file is made first, in a run of its own, and stays (about 1 GB).", HelpName = "FILE" };
    private static readonly Option<FileInfo?> OpenOnce = new("--open-once") { Description = "One of the processes of --open.", Hidden = true };

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand()
    {
        Store.AcceptOnlyFromAmong("sqlite", "postgresql", "both");
        var command = new Command(
            "ledger",
            $"""
            {Job}

            A release is a count of one group for an hour of one account: check, charge, values, receipt and outbox entry. It counts
            when the answer came, after the commit. SQLite syncs its log at each commit; let the server do so too
            ('.ci/postgres start DIR --durable'). Afterwards each store is opened anew and verified: a charge for each release and
            a release for each charge, no budget overspent, everything that was acknowledged is there. Exit code 1 when it is not.

            group-commit   GroupCommitLedger: what waits together is one transaction
            one-by-one     baseline: BudgetLedger, a transaction for each release

            Delays in the second half are from the scheduled arrival to the answer.
            """)
        {
            Json, Seconds, Accounts, Callers, Rate, MaxGroup, Postgres, Store, Open, OpenOnce,
        };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        if (parsed.GetValue(OpenOnce) is { } once)
        {
            await AccountOpening.OpenAsync(once.FullName).ConfigureAwait(false);
            return 0;
        }

        if (parsed.GetValue(Open) is { } file)
        {
            await AccountOpening.MeasureAsync(file.FullName, parsed.InvocationConfiguration.Output).ConfigureAwait(false);
            return 0;
        }

        var (stores, server) = (parsed.GetValue(Store)!, parsed.GetValue(Postgres));
        if (stores != "sqlite" && server is null)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("WITHOUT POSTGRESQL: --postgres names no server, so nothing is measured on one. '.ci/postgres start DIR --durable' starts one and prints the connection string.").ConfigureAwait(false);
        }

        var settings = new LedgerSettings(
            parsed.GetValue(Accounts), parsed.GetValue(Callers), parsed.GetValue(Rate), parsed.GetValue(MaxGroup), TimeSpan.FromSeconds(parsed.GetValue(Seconds)));
        List<LedgerResult> results = [];
        foreach (var grouped in new[] { false, true })
        {
            if (stores != "postgresql")
            {
                results.Add(await new LedgerContender(LedgerPlace.Sqlite(), grouped, settings).RunAsync().ConfigureAwait(false));
            }

            if (stores != "sqlite" && server is not null)
            {
                results.Add(await new LedgerContender(LedgerPlace.Postgres(server), grouped, settings).RunAsync().ConfigureAwait(false));
            }
        }

        Print(results, parsed);
        return results.Any(result => result.Faults.Count > 0) ? 1 : 0;
    }

    private static void Print(List<LedgerResult> results, ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json))
        {
            output.WriteLine(LedgerReport.FormatJson(Job, results));
        }
        else
        {
            LedgerReport.WriteText(Job, results, output);
        }
    }

    private static Option<int> Number(string name, string description, int most, int byDefault) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most)
            {
                return value;
            }

            result.AddError($"{name} must be a number from 1 to {most}.");
            return byDefault;
        },
    };
}
