using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger.Reading;

/// <summary>Reads accounts with all of their events.</summary>
internal static class LedgerReader
{
    private const int PageSize = 1_000;

    /// <summary>The names of all accounts of the store, in order.</summary>
    public static ValueTask<IReadOnlyList<string>> AccountsAsync(IStoreTransaction transaction) => AccountDirectory.ListAsync(transaction, null);

    /// <summary>An account as it stands; version 0 where there is none.</summary>
    /// <exception cref="LedgerCorruptException">An event cannot be read.</exception>
    public static ValueTask<AccountSnapshot> LoadAsync(IStoreTransaction transaction, string account, long timeMs) =>
        new AccountHistory().LoadToChangeAsync(transaction, account, timeMs);

    /// <summary>Calls back for every event from the first on.</summary>
    /// <returns>The account after the last.</returns>
    /// <exception cref="LedgerCorruptException">An event cannot be read.</exception>
    public static async ValueTask<AccountSnapshot> ReadAsync(IStoreTransaction transaction, string account, Action<AccountSnapshot, LedgerEntry> take)
    {
        var current = AccountSnapshot.New;
        while (true)
        {
            var page = await transaction.ReadStreamAsync(AccountHistory.Stream(account), current.Version, PageSize).ConfigureAwait(false);
            foreach (var item in page)
            {
                // A gap in the versions is a gap in the chain of hashes, which is checked here.
                var after = current.Apply(account, item.Version, item.Type, item.Payload, out var happened);
                take(after, Entry(current.State, after, item.Type, happened));
                current = after;
            }

            if (page.Count < PageSize)
            {
                return current;
            }
        }
    }

    private static LedgerEntry Entry(AccountState before, AccountSnapshot after, string type, LedgerEvent happened)
    {
        if (PeriodOf(happened) is not { } start)
        {
            return new LedgerEntry(after.Version, type, after.Hash, happened, null, default, default, default, Reason(happened));
        }

        var (old, now) = (before.Period(start), after.State.Period(start));
        return new LedgerEntry(
            after.Version, type, after.Hash, happened, after.State.PeriodAt(start), now.Spent - old.Spent, now.Spent, after.State.BudgetOf(start),
            happened is BudgetCharged charge ? Reason(charge, old, now) : Reason(happened));
    }

    private static long? PeriodOf(LedgerEvent happened) => happened switch
    {
        BudgetCharged e => e.PeriodStartMs,
        BudgetGranted e => e.PeriodStartMs,
        BudgetTransferredIn e => e.PeriodStartMs,
        BudgetTransferredOut e => e.PeriodStartMs,
        _ => null,
    };

    private static string Reason(LedgerEvent happened) => happened switch
    {
        BudgetGranted e => e.Reason,
        BudgetTransferredIn e => $"from '{e.From}': {e.Reason}",
        BudgetTransferredOut e => $"to '{e.To}': {e.Reason}",
        PolicySet e => $"from {new TimeWindow(e.FromMs, e.FromMs + e.Terms.PeriodMs)} on: {e.Reason}",
        AccountWasClosed e => e.Reason,
        _ => "",
    };

    private static string Reason(BudgetCharged charge, PeriodState before, PeriodState after)
    {
        var group = before.Groups.GetValueOrDefault(charge.GroupKey);
        var count = after.Groups[charge.GroupKey].Count;
        return (group is null || group.Count < count, charge.MaxWindows) switch
        {
            (false, _) when after.Spent == before.Spent => "another query on a window that is not among the dearest W: free",
            (false, _) => "another query on a window that was charged: the window's costs add up",
            (true, var w) when count <= w => $"window {count} of the {w} in which a subject counts",
            _ when after.Spent == before.Spent => $"window {count}, no dearer than the {charge.MaxWindows} in which a subject counts: free",
            _ => $"window {count}, dearer than one of the {charge.MaxWindows} dearest so far, which it takes the place of",
        };
    }
}
