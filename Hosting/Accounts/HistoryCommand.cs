using System.CommandLine;
using System.Globalization;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Reading;

namespace AkkaPrivacy.Hosting.Accounts;

/// <summary><c>akkaprivacy ledger history</c>: every charge of an account, and why it is what it is.</summary>
internal static class HistoryCommand
{
    private const int MostBars = 24;

    /// <summary>The command.</summary>
    public static Command Create(RunHost host)
    {
        var arguments = new LedgerArguments();
        var account = new Option<string?>("--account") { Description = "The account. Default: the pipeline's, or the only one.", HelpName = "NAME" };
        var period = new Option<string?>("--period") { Description = "Only the period that holds this instant.", HelpName = "INSTANT" };
        var last = new Option<int>("--last") { Description = "Show so many of the newest events; 1 to 1000000.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var command = new Command(
            "history",
            $"""
            Show what happened to an account: each charge with its query, window, composition group and reason, and each grant,
            transfer, policy and closing with the words of the person who decided it. Then how the budget burnt down.

            A group is charged its W dearest windows, since a subject counts in at most W. So a charge can be less than the cost of
            its release, or nothing. The whole history is read.

              akkaprivacy ledger history --db site.db --account site/access-log
              akkaprivacy ledger history --db site.db --account site/access-log --period 2026-03-01 --json

            {ExitCode.Help}
            """);
        arguments.AddTo(command);
        command.Add(account);
        command.Add(period);
        command.Add(last);
        command.SetAction((parsed, cancellation) => LedgerCall.RunAsync(
            arguments, parsed, true, host, call => RunAsync(call, parsed.GetValue(account), LedgerValues.Instant("--period", parsed.GetValue(period)), parsed.GetValue(last)), cancellation));
        return command;
    }

    private static ValueTask<LedgerAnswer> RunAsync(LedgerCall call, string? named, long? periodMs, int last) => call.Store.TransactAsync(
        async transaction =>
        {
            if (last is < 1 or > 1_000_000)
            {
                throw new LedgerUsageException($"--last: found {last}; allowed is a whole number from 1 to 1000000.");
            }

            var account = await call.AccountAsync(transaction, named).ConfigureAwait(false);
            await LedgerCall.LoadAsync(transaction, account, long.MaxValue).ConfigureAwait(false);
            var (entries, curve, count) = (new Queue<LedgerEntry>(), new BurnDown(), 0L);
            var end = await LedgerReader.ReadAsync(transaction, account, (_, entry) =>
            {
                if (periodMs is { } time && !(entry.Period is { } of && of.StartMs <= time && time < of.EndMs))
                {
                    return;
                }

                count++;
                curve.Add(entry);
                entries.Enqueue(entry);
                if (entries.Count > last)
                {
                    entries.Dequeue();
                }
            }).ConfigureAwait(false);
            var measure = end.State.Policy!.Measure;
            var report = new { Account = account, Measure = PrivacyMeasureNames.ToName(measure), Events = count, Entries = entries.Select(entry => Json(entry, measure)) };
            return new LedgerAnswer(ExitCode.Done, report, output => Write(account, measure, entries, count, curve, output));
        },
        call.Cancellation);

    private static object Json(LedgerEntry entry, PrivacyMeasure measure)
    {
        var charge = entry.Happened as BudgetCharged;
        return new
        {
            entry.Version,
            entry.Type,
            At = LedgerValues.Instant(entry.Happened.AtMs),
            Period = entry.Period is { } period ? LedgerValues.Json(period) : null,
            charge?.Release,
            Query = Query(charge),
            Window = charge is null ? null : LedgerValues.Json(charge.Window),
            charge?.CompositionGroup,
            charge?.MaxWindows,
            Cost = charge is null ? null : LedgerValues.Json(charge.Cost, measure),
            Charged = charge is null ? null : LedgerValues.Json(entry.Charged, measure),
            Spent = entry.Period is null ? null : LedgerValues.Json(entry.Spent, measure),
            Left = entry.Period is null ? null : LedgerValues.Json(entry.Budget - entry.Spent, measure),
            entry.Reason,
            entry.Hash,
        };
    }

    private static string? Query(BudgetCharged? charge) => charge?.Release.Split('|') is { Length: > 3 } parts ? parts[3] : null;

    private static void Write(string account, PrivacyMeasure measure, IReadOnlyCollection<LedgerEntry> entries, long count, BurnDown curve, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Account '{account}', in {LedgerValues.Unit(measure)}: {count:N0} events{(count > entries.Count ? $", the newest {entries.Count:N0} are" : "")}"));
        var table = new TextTable(">event", "what", "query", "window", "group", ">cost", ">charged", ">left", "why");
        foreach (var entry in entries)
        {
            var charge = entry.Happened as BudgetCharged;
            table.Add(
                entry.Version.ToString(CultureInfo.InvariantCulture), entry.Type[..entry.Type.IndexOf('/', StringComparison.Ordinal)], Query(charge) ?? "",
                (charge?.Window ?? entry.Period)?.ToString() ?? "", charge?.CompositionGroup ?? "", charge is null ? "" : LedgerValues.Text(charge.Cost, measure),
                charge is null ? "" : LedgerValues.Text(entry.Charged, measure), entry.Period is null ? "" : LedgerValues.Text(entry.Budget - entry.Spent, measure), entry.Reason);
        }

        table.Write(output);
        curve.Write(measure, MostBars, output);
    }
}

/// <summary>What is left of the newest period's budget, along the windows that were charged.</summary>
internal sealed class BurnDown
{
    private readonly SortedDictionary<long, Units> _left = [];
    private TimeWindow? _period;
    private Units _budget;

    /// <summary>Takes an event.</summary>
    public void Add(LedgerEntry entry)
    {
        if (entry is not { Happened: BudgetCharged charge, Period: { } period } || period.StartMs < _period?.StartMs)
        {
            return;
        }

        if (_period != period)
        {
            _left.Clear();
        }

        (_period, _budget) = (period, entry.Budget);
        var left = entry.Budget - entry.Spent;
        _left[charge.Window.EndMs] = left;
    }

    /// <summary>Draws it.</summary>
    public void Write(PrivacyMeasure measure, int bars, TextWriter output)
    {
        if (_period is not { } period)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"Left of {LedgerValues.Text(_budget, measure)} in period {period}, after the charge of the window that ends at");
        var table = new TextTable("window end", "left", ">");
        var step = (int)Math.Ceiling(_left.Count / (double)bars);
        foreach (var (end, left) in _left.Where((_, i) => i % step == step - 1 || i == _left.Count - 1))
        {
            table.Add(LedgerValues.Instant(end), LedgerValues.Bar(1 - LedgerValues.Share(_budget - left, _budget), 40, Terminal.IsTerminal(output)), LedgerValues.Text(left, measure));
        }

        table.Write(output);
    }
}
