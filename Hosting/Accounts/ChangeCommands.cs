using System.CommandLine;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Reading;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary><c>akkaprivacy ledger grant|transfer|set-policy|close</c>: what people decide about accounts.</summary>
internal static class ChangeCommands
{
    private const string Kept = "It is an event of the account's history, kept for ever with its reason; nothing takes it back. Everything is done or nothing: a refusal\nchanges nothing and gives exit code 2.";

    /// <summary>The commands.</summary>
    public static IEnumerable<Command> CreateAll(RunHost host) => [Grant(host), Transfer(host), SetPolicy(host), Close(host)];

    private static Command Grant(RunHost host)
    {
        var command = new Change(
            host,
            "grant",
            """
            Add to an account's budget for one period.

            """ + Kept + """


              akkaprivacy ledger grant --db site.db --account site/access-log --epsilon 0.5 --period 2026-03-01 --reason "agreed with the DPO"
            """);
        var period = command.Option("--period", "The period that holds this instant. Default: that of now.", "INSTANT");
        command.Amounts();
        return command.Build(async (call, transaction) =>
        {
            var account = await call.AccountAsync(transaction, command.Account(call)).ConfigureAwait(false);
            var time = LedgerValues.Instant("--period", call.Parsed.GetValue(period)) ?? call.NowMs;
            var state = (await LedgerCall.LoadAsync(transaction, account, time).ConfigureAwait(false)).State;
            var refusal = await new BudgetLedger(call.Time).GrantAsync(transaction, account, time, command.Amount(call, state.Policy!.Measure), command.Reason(call)).ConfigureAwait(false);
            return refusal is null ? await DoneAsync(transaction, account, time, "granted").ConfigureAwait(false) : LedgerAnswer.Of(refusal);
        });
    }

    private static Command Transfer(RunHost host)
    {
        var command = new Change(
            host,
            "transfer",
            """
            Move budget of one period that is not spent from one account to another of the same measure and period.

            Both accounts hold an event that names the other's. What was spent stays where it is.
            """ + " " + Kept + """


              akkaprivacy ledger transfer --db site.db --from site/a --to site/b --epsilon 0.5 --period 2026-03-01 --reason "b has the survey"
            """,
            account: false);
        var from = command.Option("--from", "The account that has it.", "NAME", required: true);
        var to = command.Option("--to", "The account that gets it.", "NAME", required: true);
        var period = command.Option("--period", "The period that holds this instant. Default: that of now.", "INSTANT");
        command.Amounts();
        return command.Build(async (call, transaction) =>
        {
            var (source, target) = (await call.AccountAsync(transaction, call.Parsed.GetValue(from)).ConfigureAwait(false), await call.AccountAsync(transaction, call.Parsed.GetValue(to)).ConfigureAwait(false));
            var time = LedgerValues.Instant("--period", call.Parsed.GetValue(period)) ?? call.NowMs;
            var measure = (await LedgerCall.LoadAsync(transaction, source, time).ConfigureAwait(false)).State.Policy!.Measure;
            var outcome = await new BudgetLedger(call.Time).TransferAsync(transaction, source, target, time, command.Amount(call, measure), command.Reason(call)).ConfigureAwait(false);
            if (outcome.Receipt is not { } receipt)
            {
                return LedgerAnswer.Of(outcome.Refusal!);
            }

            var report = new { Done = "transferred", Amount = LedgerValues.Json(receipt.Amount), PeriodStart = LedgerValues.Instant(receipt.PeriodStartMs), receipt.From, receipt.To };
            return new LedgerAnswer(ExitCode.Done, report, output => output.WriteLine(
                $"Done: {receipt.Amount} of the period from {LedgerValues.Instant(receipt.PeriodStartMs)} went from '{receipt.From.Account}' (event {receipt.From.Version}) to '{receipt.To.Account}' (event {receipt.To.Version})."));
        });
    }

    private static Command SetPolicy(RunHost host)
    {
        var command = new Change(
            host,
            "set-policy",
            """
            Set the budget of an account's periods from one on, or their length.

            What is not named stays. It replaces what was set for later periods, and never puts a budget below what a period has spent.
            The length changes only where a period of either length begins and nothing was charged from there on, and not in a tree. A pipeline
            may name any policy that holds in some period.
            """ + " " + Kept + """


              akkaprivacy ledger set-policy --db site.db --account site/access-log --epsilon 1 --from 2026-04-01 --reason "review of the year"
            """);
        var from = command.Option("--from", "The first period is that which holds this instant. Default: the next period after now.", "INSTANT");
        var length = command.Option("--length", "The length of a period, such as 1d; from 1m to 366d.", "DURATION");
        command.Amounts();
        return command.Build(async (call, transaction) =>
        {
            var account = await call.AccountAsync(transaction, command.Account(call)).ConfigureAwait(false);
            var state = (await LedgerCall.LoadAsync(transaction, account, long.MaxValue).ConfigureAwait(false)).State;
            var time = LedgerValues.Instant("--from", call.Parsed.GetValue(from)) ?? state.PeriodAt(call.NowMs).EndMs;
            var span = LedgerValues.Length(call.Parsed.GetValue(length));
            if (span is null && !command.HasAmount(call))
            {
                throw new LedgerUsageException("Nothing is to be set; give a budget, --length or both.");
            }

            var policy = state.Policy! with
            {
                BudgetPerPeriod = command.HasAmount(call) ? command.Amount(call, state.Policy.Measure) : state.Policy.BudgetPerPeriod,
                Period = span ?? state.Policy.Period,
            };
            var refusal = await new BudgetLedger(call.Time).SetPolicyAsync(transaction, policy, time, command.Reason(call)).ConfigureAwait(false);
            return refusal is null ? await DoneAsync(transaction, account, time, "set").ConfigureAwait(false) : LedgerAnswer.Of(refusal);
        });
    }

    private static Command Close(RunHost host)
    {
        var command = new Change(
            host,
            "close",
            """
            Close an account: it takes no charge, grant, transfer or policy any more. What it released stays readable, and is still published.

            Accounts below it are closed first. Closing a closed account changes nothing.
            """ + " " + Kept + """


              akkaprivacy ledger close --db site.db --account site/old-log --reason "the site has ended"
            """);
        return command.Build(async (call, transaction) =>
        {
            var account = await call.AccountAsync(transaction, command.Account(call)).ConfigureAwait(false);
            var refusal = await new BudgetLedger(call.Time).CloseAsync(transaction, account, command.Reason(call)).ConfigureAwait(false);
            return refusal is null ? await DoneAsync(transaction, account, call.NowMs, "closed").ConfigureAwait(false) : LedgerAnswer.Of(refusal);
        });
    }

    private static async ValueTask<LedgerAnswer> DoneAsync(IStoreTransaction transaction, string account, long timeMs, string done)
    {
        var loaded = await LedgerReader.LoadAsync(transaction, account, timeMs).ConfigureAwait(false);
        var (state, measure) = (loaded.State, loaded.State.Policy!.Measure);
        var period = state.PeriodAt(timeMs);
        var (budget, spent) = (state.BudgetOf(period.StartMs), state.Period(period.StartMs).Spent);
        var report = new
        {
            Done = done,
            Account = account,
            Event = loaded.Version,
            Head = loaded.Hash,
            Period = LedgerValues.Json(period),
            Budget = LedgerValues.Json(budget, measure),
            Spent = LedgerValues.Json(spent, measure),
            Left = LedgerValues.Json(budget - spent, measure),
        };
        return new LedgerAnswer(ExitCode.Done, report, output => output.WriteLine(
            $"Done: {done}. Account '{account}', period {period}: {LedgerValues.Unit(measure)} {LedgerValues.Text(budget - spent, measure)} is left of {LedgerValues.Text(budget, measure)}."));
    }
}
