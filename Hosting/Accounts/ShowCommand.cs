using System.CommandLine;
using System.Globalization;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Reading;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary><c>akkaprivacy ledger show</c>: the accounts of a store, with what is spent and left.</summary>
internal static class ShowCommand
{
    /// <summary>The command.</summary>
    public static Command Create(RunHost host)
    {
        var arguments = new LedgerArguments();
        var at = new Option<string?>("--at") { Description = "Show the period that holds this instant. Default: the newest that was charged, else that of now.", HelpName = "INSTANT" };
        var command = new Command(
            "show",
            $"""
            Show the accounts of a store as a tree: budget, spent and left of a period.

            An account is charged with what is released from it and from the accounts below it; each holds its own budget. 'head' is
            the hash of an account's newest event: keep it elsewhere, and 'ledger verify --receipt' can prove a charge against it.

              akkaprivacy ledger show --db site.db
              akkaprivacy ledger show hocon/access-log.conf --at 2015-05-18 --json

            {ExitCode.Help}
            """);
        arguments.AddTo(command);
        command.Add(at);
        command.SetAction((parsed, cancellation) => LedgerCall.RunAsync(arguments, parsed, true, host, call => RunAsync(call, LedgerValues.Instant("--at", parsed.GetValue(at))), cancellation));
        return command;
    }

    private static ValueTask<LedgerAnswer> RunAsync(LedgerCall call, long? atMs) => call.Store.TransactAsync(
        async transaction =>
        {
            var rows = new List<(AccountSnapshot Account, TimeWindow Period, bool InCluster)>();
            foreach (var name in await LedgerReader.AccountsAsync(transaction).ConfigureAwait(false))
            {
                var loaded = await LedgerCall.LoadAsync(transaction, name, atMs ?? long.MaxValue).ConfigureAwait(false);
                rows.Add((loaded, Period(loaded.State, atMs, call.NowMs), await AccountPlace.IsInClusterAsync(transaction, name).ConfigureAwait(false)));
            }

            return new LedgerAnswer(ExitCode.Done, new { Accounts = rows.Select(row => Json(row.Account, row.Period, row.InCluster)) }, output => Write(rows, output));
        },
        call.Cancellation);

    /// <summary>The period to show: that of an instant, else the newest that was charged, else that of now.</summary>
    public static TimeWindow Period(AccountState state, long? atMs, long nowMs) =>
        state.PeriodAt(atMs ?? state.Periods.Reverse().Where(period => period.Value.Releases > 0).Select(period => (long?)period.Key).FirstOrDefault() ?? nowMs);

    private static object Json(AccountSnapshot account, TimeWindow period, bool inCluster)
    {
        var (state, policy) = (account.State, account.State.Policy!);
        var measure = policy.Measure;
        var (budget, spent) = (state.BudgetOf(period.StartMs), state.Period(period.StartMs));
        return new
        {
            policy.Account,
            Measure = Engine.Privacy.PrivacyMeasureNames.ToName(measure),
            State = State(account, inCluster),
            Period = LedgerValues.Json(period),
            Budget = LedgerValues.Json(budget, measure),
            Spent = LedgerValues.Json(spent.Spent, measure),
            Left = LedgerValues.Json(budget - spent.Spent, measure),
            spent.Releases,
            Events = account.Version,
            Head = account.Hash,
        };
    }

    private static string State(AccountSnapshot account, bool inCluster) => inCluster ? "in_cluster" : account.State.IsClosed ? "closed" : "open";

    private static void Write(List<(AccountSnapshot Account, TimeWindow Period, bool InCluster)> rows, TextWriter output)
    {
        if (rows.Count == 0)
        {
            output.WriteLine("The store has no accounts. A pipeline's first 'akkaprivacy run' opens its account.");
            return;
        }

        var table = new TextTable("account", "state", "period", "unit", ">budget", ">spent", ">left", "", ">releases");
        foreach (var (account, period, inCluster) in rows)
        {
            var (state, policy) = (account.State, account.State.Policy!);
            var measure = policy.Measure;
            var (budget, charged) = (state.BudgetOf(period.StartMs), state.Period(period.StartMs));
            var depth = rows.Count(row => policy.Account.StartsWith(row.Account.State.Policy!.Account + "/", StringComparison.Ordinal));
            table.Add(
                new string(' ', 2 * depth) + policy.Account, State(account, inCluster), period.ToString(), LedgerValues.Unit(measure), LedgerValues.Text(budget, measure),
                LedgerValues.Text(charged.Spent, measure), LedgerValues.Text(budget - charged.Spent, measure),
                LedgerValues.Bar(LedgerValues.Share(charged.Spent, budget), 20, Terminal.IsTerminal(output)), charged.Releases.ToString(CultureInfo.InvariantCulture));
        }

        table.Write(output);
    }
}
