using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Ledger.Reading;
using AkkaPrivacy.Ledger.Snapshots;

namespace AkkaPrivacy.Ledger.Verification;

/// <summary>Reads one account from its first event and checks its snapshot.</summary>
/// <param name="account">The account.</param>
/// <param name="transfers">Takes the sides of transfers.</param>
/// <param name="charge">Takes charges.</param>
/// <param name="fault">Takes faults: place and message.</param>
internal sealed class AccountCheck(string account, TransferCheck transfers, Action<string, BudgetCharged, ChargeFact> charge, Action<string, string> fault)
{
    private string _previous = LedgerEventCodec.NoHash;

    /// <summary>How many events were read.</summary>
    public long Events { get; private set; }

    /// <summary>Checks the account.</summary>
    /// <returns>Its end; null when its events cannot be read to the end.</returns>
    public async ValueTask<AccountHead?> RunAsync(IStoreTransaction transaction)
    {
        var stored = await StoredAsync(transaction).ConfigureAwait(false);
        AccountSnapshot? there = null;
        try
        {
            var end = await LedgerReader.ReadAsync(transaction, account, (after, entry) =>
            {
                Events++;
                there = after.Version == stored?.Version ? after : there;
                Take(after, entry);
            }).ConfigureAwait(false);
            CheckStored(stored, there);
            if (end.Version > 0)
            {
                return new AccountHead(account, end.Version, end.Hash);
            }

            fault($"account '{account}'", "it is listed and has no history");
        }
        catch (LedgerCorruptException failure)
        {
            fault($"{AccountHistory.Stream(account)} event {Events + 1}", failure.Message);
        }

        return null;
    }

    private async ValueTask<AccountSnapshot?> StoredAsync(IStoreTransaction transaction)
    {
        try
        {
            return await StoredSnapshots.FindAsync(transaction, account).ConfigureAwait(false);
        }
        catch (LedgerCorruptException failure)
        {
            fault($"{StoredSnapshots.Table} '{account}'", failure.Message);
            return null;
        }
    }

    private void CheckStored(AccountSnapshot? stored, AccountSnapshot? there)
    {
        if (stored is null)
        {
            return;
        }

        var fits = there is not null
            && there.Hash == stored.Hash
            && Bytes(stored).SequenceEqual(Bytes(there with { State = there.State.Reduce(stored.State.FullFromMs, stored.State.CompleteFromMs) }));
        if (!fits)
        {
            fault($"{StoredSnapshots.Table} '{account}'", $"the snapshot is not what the first {stored.Version} events give");
        }
    }

    private byte[] Bytes(AccountSnapshot snapshot) => SnapshotCodec.Write(account, snapshot);

    private void Take(AccountSnapshot after, LedgerEntry entry)
    {
        transfers.Add(account, entry.Version, entry.Happened);
        if (entry.Happened is BudgetCharged charged)
        {
            charge(account, charged, new ChargeFact
            {
                Version = entry.Version,
                Measure = after.State.Policy!.Measure,
                Charge = charged,
                Charged = entry.Charged,
                Spent = entry.Spent,
                Left = entry.Budget - entry.Spent,
                Hash = entry.Hash,
                Previous = _previous,
            });
        }

        _previous = entry.Hash;
    }
}
