using System.CommandLine;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Check;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Reading;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary><c>akkaprivacy ledger forecast</c>: how long a period's budget lasts.</summary>
internal static class ForecastCommand
{
    /// <summary>The command.</summary>
    public static Command Create(RunHost host)
    {
        var arguments = new LedgerArguments();
        var account = new Option<string?>("--account") { Description = "The account. Default: the pipeline's, or the only one.", HelpName = "NAME" };
        var at = new Option<string?>("--at") { Description = "The period that holds this instant. Default: the newest that was charged, else that of now.", HelpName = "INSTANT" };
        var command = new Command(
            "forecast",
            $"""
            Say when the budget of a period ends at the rate of the windows charged so far, and what the plan of FILE.conf spends.

            The rate is what is spent over the event time from the period's start to the end of the newest charged window. It is an
            upper estimate: a group stops being charged after its W dearest windows. A plan's figure is exact for one pipeline that
            alone charges the account, and is compared with the budget that the ledger has, not with that of the file.

              akkaprivacy ledger forecast --db site.db
              akkaprivacy ledger forecast hocon/access-log.conf

            {ExitCode.Help}
            """);
        arguments.AddTo(command);
        command.Add(account);
        command.Add(at);
        command.SetAction((parsed, cancellation) => LedgerCall.RunAsync(
            arguments, parsed, true, host, call => RunAsync(call, parsed.GetValue(account), LedgerValues.Instant("--at", parsed.GetValue(at))), cancellation));
        return command;
    }

    private static ValueTask<LedgerAnswer> RunAsync(LedgerCall call, string? named, long? atMs) => call.Store.TransactAsync(
        async transaction =>
        {
            var account = await call.AccountAsync(transaction, named).ConfigureAwait(false);
            var newest = (await LedgerCall.LoadAsync(transaction, account, atMs ?? long.MaxValue).ConfigureAwait(false)).State;
            var period = ShowCommand.Period(newest, atMs, call.NowMs);
            long? seen = null;
            var losses = new RecordedLosses();
            var end = await LedgerReader.ReadAsync(transaction, account, (_, entry) =>
            {
                if (entry.Happened is BudgetCharged charge && charge.PeriodStartMs == period.StartMs)
                {
                    seen = Math.Max(seen ?? long.MinValue, charge.Window.EndMs);
                    losses.Add(charge);
                }
            }).ConfigureAwait(false);
            return Answer(account, end.State, period, seen, call.Pipeline?.Plan, seen is null ? null : TightReport.Of(losses.State(end.State.Policy!.Measure)));
        },
        call.Cancellation);

    private static LedgerAnswer Answer(string account, AccountState state, TimeWindow period, long? seenMs, PipelinePlan? plan, TightReport? tight)
    {
        var (measure, budget, spent) = (state.Policy!.Measure, state.BudgetOf(period.StartMs), state.Period(period.StartMs).Spent);
        var end = seenMs is { } seen ? EndMs(budget, spent, period, seen) : null;
        var planned = plan is null ? null : BudgetForecast.Of(plan with { Account = plan.Account with { BudgetPerPeriod = budget.ToCost(measure) } });
        var plannedCost = plan is null || planned is null || plan.Account.Measure != measure ? null : planned;
        if (plan is not null && plannedCost is null)
        {
            throw new LedgerUsageException($"The plan counts in measure {PrivacyMeasureNames.ToName(plan.Account.Measure)} and the account in {PrivacyMeasureNames.ToName(measure)}; they cannot be compared.");
        }

        var report = new
        {
            Account = account,
            Measure = PrivacyMeasureNames.ToName(measure),
            Period = LedgerValues.Json(period),
            Budget = LedgerValues.Json(budget, measure),
            Spent = LedgerValues.Json(spent, measure),
            Left = LedgerValues.Json(budget - spent, measure),
            Tight = tight,
            ChargedUpTo = seenMs is { } time ? LedgerValues.Instant(time) : null,
            BudgetEnds = end is { } ends ? LedgerValues.Instant(ends) : null,
            Lasts = end is null,
            Plan = plannedCost is null ? null : new { Spends = LedgerValues.Json(plannedCost.Spent), Fits = plannedCost.WithheldFrom.Count == 0, plannedCost.WithheldFrom },
        };
        return new LedgerAnswer(ExitCode.Done, report, output => Write(account, measure, budget, spent, period, seenMs, end, plannedCost, tight, output));
    }

    // Null when the budget lasts until the period ends.
    private static long? EndMs(Units budget, Units spent, TimeWindow period, long seenMs)
    {
        var share = LedgerValues.Share(spent, budget);
        var at = period.StartMs + ((seenMs - period.StartMs) / Math.Max(share, 1e-12));
        return at < period.EndMs ? (long)at : null;
    }

    private static void Write(
        string account, PrivacyMeasure measure, Units budget, Units spent, TimeWindow period, long? seenMs, long? endMs, BudgetForecast? plan, TightReport? tight, TextWriter output)
    {
        output.WriteLine($"Account '{account}', period {period}: {LedgerValues.Unit(measure)} {LedgerValues.Text(spent, measure)} of {LedgerValues.Text(budget, measure)} is spent, {LedgerValues.Text(budget - spent, measure)} is left");
        output.WriteLine((seenMs, endMs) switch
        {
            (null, _) => "Nothing was charged in this period, so there is no rate.",
            ({ } seen, null) => $"At the rate of the windows up to {LedgerValues.Instant(seen)} the budget lasts until the period ends.",
            ({ } seen, { } end) => $"At the rate of the windows up to {LedgerValues.Instant(seen)} the budget ends at {LedgerValues.Instant(end)}. A group is charged at most its W dearest windows, so it may last longer.",
        });
        if (tight is not null)
        {
            output.WriteLine($"What was charged comes to {tight}, as releases that were fixed beforehand; the budget counts what is spent.");
        }

        if (plan is null)
        {
            return;
        }

        output.WriteLine($"The plan spends {plan.Spent} in a whole period{(plan.WithheldFrom.Count == 0 ? ", which fits" : "; then releases are withheld:")}");
        foreach (var withheld in plan.WithheldFrom)
        {
            output.WriteLine($"  {withheld.Query}: from window {withheld.Window} on, {TimeSpan.FromSeconds(withheld.WindowEndSeconds):c} after the period's start");
        }
    }
}
