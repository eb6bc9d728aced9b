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
            happened is BudgetCharged charge ? ChargeText.Of(charge.Proof ?? ChargeProof.Of(charge, old, now, default), charge, after.State.Policy!.Measure) : Reason(happened));
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
}
