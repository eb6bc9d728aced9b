using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.GroupCommit;
using AkkaPrivacy.Ledger.Verification;
using AkkaPrivacy.LoadTests.Compare.Latency;

namespace AkkaPrivacy.LoadTests.Compare.Ledger;

/// <summary>One way of releasing on one store, measured from making the store to verifying it.</summary>
internal sealed class LedgerContender(LedgerPlace place, bool grouped, LedgerSettings settings)
{
    // More of them would only wait longer, and all of them are waited for.
    private const int CallersOfBaseline = 64;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Measures and verifies.</summary>
    public async Task<LedgerResult> RunAsync()
    {
        var load = new LedgerLoad(settings.Accounts);
        await using var owned = place;
        var (maximum, rate, open) = await MeasureAsync(load).ConfigureAwait(false);
        var faults = await VerifyAsync(load).ConfigureAwait(false);
        return new LedgerResult(grouped ? "group-commit" : "one-by-one", place.Store, maximum, rate, open, load.Acknowledged, faults);
    }

    private async Task<(LedgerSample Maximum, double Rate, LedgerSample Open)> MeasureAsync(LedgerLoad load)
    {
        await using var store = await place.OpenAsync().ConfigureAwait(false);
        var ledger = new BudgetLedger(TimeProvider.System);
        await store.TransactAsync(async transaction =>
        {
            for (var i = 0; i < load.Accounts; i++)
            {
                await ledger.OpenAsync(transaction, LedgerLoad.Policy(i)).ConfigureAwait(false);
            }

            return 0;
        }).ConfigureAwait(false);
        await using var groups = new GroupCommitLedger(store, TimeProvider.System, new GroupCommitOptions { MaxGroup = settings.MaxGroup, MaxWaiting = 100_000 });
        var loops = new LedgerLoops(load, request => grouped ? groups.ReleaseAsync(request, LedgerLoad.Draw) : ReleaseAsync(store, ledger, request));
        var callers = grouped ? settings.Callers : Math.Min(settings.Callers, CallersOfBaseline);
        await loops.ClosedAsync(callers, WarmUp).ConfigureAwait(false);
        var maximum = await loops.ClosedAsync(callers, settings.Time).ConfigureAwait(false);
        var rate = grouped ? settings.Rate : Math.Max(1, maximum.PerSecond / 2);
        Settle();
        return (maximum, rate, await loops.OpenAsync(rate, settings.Time, WarmUp).ConfigureAwait(false));
    }

    private static ValueTask<ReleaseOutcome> ReleaseAsync(IStore store, BudgetLedger ledger, ReleaseRequest request) =>
        store.TransactAsync(transaction => ledger.ReleaseAsync(transaction, request, LedgerLoad.Draw));

    // Nobody pays for the garbage of the part before.
    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    // The store is opened anew, so what is read is what is stored: a charge for each release and the other way round, no budget
    // overspent, and each release that was acknowledged.
    private async Task<IReadOnlyList<string>> VerifyAsync(LedgerLoad load)
    {
        await using var store = await place.OpenAsync().ConfigureAwait(false);
        var report = await LedgerVerifier.RunAsync(store, CancellationToken.None).ConfigureAwait(false);
        List<string> faults = [.. report.Faults.Select(fault => $"{fault.Place}: {fault.Message}")];
        if (report.Releases != load.Acknowledged)
        {
            faults.Add($"{load.Acknowledged} releases were acknowledged and {report.Releases} are stored");
        }

        foreach (var head in report.Heads)
        {
            var index = int.Parse(head.Account[^4..], System.Globalization.CultureInfo.InvariantCulture);

            // Opened once, and charged for each release.
            if (head.Version != 1 + load.AcknowledgedOf(index))
            {
                faults.Add($"account '{head.Account}' has {head.Version} events, and {load.AcknowledgedOf(index)} of its releases were acknowledged");
            }
        }

        return faults;
    }
}

/// <summary>What is measured of each contender.</summary>
/// <param name="Accounts">How many accounts.</param>
/// <param name="Callers">How many ask at once in the closed loop.</param>
/// <param name="Rate">Arrivals a second for group commit in the open loop.</param>
/// <param name="MaxGroup">The largest group.</param>
/// <param name="Time">The length of each loop.</param>
internal sealed record LedgerSettings(int Accounts, int Callers, double Rate, int MaxGroup, TimeSpan Time);

/// <summary>What came of a contender.</summary>
internal sealed record LedgerResult(
    string Name, string Store, LedgerSample Maximum, double Rate, LedgerSample Open, long Stored, IReadOnlyList<string> Faults);
