using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.Verification;

/// <summary>
/// Reads everything a ledger has stored and holds it against itself: the chain of hashes and the rules of every account,
/// each release against the charges it stands for in its account and all above it, both sides of each transfer, each
/// snapshot against the events before it, the outbox against the releases.
/// </summary>
/// <remarks>In one transaction, so what is compared is of one moment. It keeps some 200 bytes for each release.</remarks>
internal sealed class LedgerVerifier
{
    /// <summary>More faults than these are counted and not listed.</summary>
    public const int MostFaults = 100;

    private const int PageSize = 1_000;
    private readonly Dictionary<string, ChargeFact> _charges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _depths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly List<AccountHead> _heads = [];
    private readonly List<LedgerFault> _faults = [];
    private long _faultCount;
    private long _events;
    private long _releases;
    private long _elsewhere;

    /// <summary>Verifies a store.</summary>
    /// <exception cref="StoreException">A row or event does not match its checksum, or the store failed.</exception>
    public static ValueTask<LedgerVerification> RunAsync(IStore store, CancellationToken cancellationToken) =>
        store.TransactAsync(transaction => new LedgerVerifier().RunAsync(transaction), cancellationToken);

    private async ValueTask<LedgerVerification> RunAsync(IStoreTransaction transaction)
    {
        var accounts = await AccountDirectory.ListAsync(transaction, null).ConfigureAwait(false);
        var transfers = new TransferCheck();
        foreach (var account in accounts)
        {
            _depths[account] = 1 + RequestRules.Ancestors(account).Count(_depths.ContainsKey);
        }

        foreach (var account in accounts)
        {
            var check = new AccountCheck(account, transfers, Charge, Fault);
            if (await check.RunAsync(transaction).ConfigureAwait(false) is { } head)
            {
                _heads.Add(head);
            }
            else
            {
                _broken.Add(account);
            }

            _events += check.Events;
        }

        transfers.Report(Fault, _broken);
        await ReleasesAsync(transaction).ConfigureAwait(false);
        await OutboxAsync(transaction).ConfigureAwait(false);
        ReportCharges();
        return new LedgerVerification(_events, _releases, _elsewhere, _heads, _faults, _faultCount);
    }

    private void Fault(string place, string message)
    {
        _faultCount++;
        if (_faults.Count < MostFaults)
        {
            _faults.Add(new LedgerFault(place, message));
        }
    }

    private void Charge(string account, BudgetCharged charge, ChargeFact fact)
    {
        var owner = charge.Release[..Math.Max(0, charge.Release.IndexOf('|', StringComparison.Ordinal))];
        var known = _charges.GetValueOrDefault(charge.Release) ?? new ChargeFact();
        if (known.LastAccount == account)
        {
            Fault($"{AccountHistory.Stream(account)} event {fact.Version}", $"release '{charge.Release}' is charged a second time");
            return;
        }

        if (owner == account)
        {
            (fact.Accounts, fact.Above) = (known.Accounts, known.Above);
            known = fact;
        }
        else if (!owner.StartsWith(account + "/", StringComparison.Ordinal))
        {
            Fault($"{AccountHistory.Stream(account)} event {fact.Version}", $"release '{charge.Release}' belongs neither to the account nor to one below it");
        }
        else if (charge.Proof is { } proof)
        {
            known.Above.Insert(0, new AncestorCharge(account, fact.Version, proof.Charged.ToCost(fact.Measure), fact.Hash));
        }

        known.Accounts++;
        known.LastAccount = account;
        _charges[charge.Release] = known;
    }

    private async ValueTask ReleasesAsync(IStoreTransaction transaction)
    {
        string? last = null;
        while (true)
        {
            var page = await transaction.ScanAsync(ReleaseTables.Releases, "", last, PageSize).ConfigureAwait(false);
            foreach (var row in page)
            {
                last = row.Key;
                _releases++;
                await ReleaseAsync(transaction, row).ConfigureAwait(false);
            }

            if (page.Count < PageSize)
            {
                return;
            }
        }
    }

    private async ValueTask ReleaseAsync(IStoreTransaction transaction, StoredRow row)
    {
        Release release;
        try
        {
            release = ReleaseJson.Read(row.Value);
        }
        catch (FormatException failure)
        {
            Fault($"release '{row.Key}'", $"it cannot be read: {failure.Message}");
            return;
        }

        if (release.Id.ToString() != row.Key)
        {
            Fault($"release '{row.Key}'", "the id inside is another one");
        }
        else if (_charges.TryGetValue(row.Key, out var fact))
        {
            fact.Stored = true;
            if (fact.Version > 0 && fact.Difference(release) is { } difference)
            {
                Fault($"release '{row.Key}'", $"it and event {fact.Version} of stream '{AccountHistory.Stream(release.Id.Account)}', its charge, differ in {difference}");
            }
            else if (fact.Version > 0 && release.Receipt.Proof is { } proof && !proof.Above.SequenceEqual(fact.Above) && !Damaged(release.Id.Account))
            {
                Fault($"release '{row.Key}'", "its receipt and the accounts above differ in what they were charged");
            }
        }
        else if (await AccountPlace.IsInClusterAsync(transaction, release.Id.Account).ConfigureAwait(false))
        {
            _elsewhere++;
            if (ReceiptCheck.HasOtherValues(release))
            {
                Fault($"release '{row.Key}'", "its values are not those that its receipt binds");
            }

            _charges[row.Key] = new ChargeFact { Stored = true, Elsewhere = true };
        }
        else if (!_broken.Contains(release.Id.Account))
        {
            Fault($"release '{row.Key}'", $"it was never charged to account '{release.Id.Account}'");
        }
    }

    private async ValueTask OutboxAsync(IStoreTransaction transaction)
    {
        string? last = null;
        while (true)
        {
            var page = await transaction.ScanAsync(ReleaseTables.Outbox, "", last, PageSize).ConfigureAwait(false);
            foreach (var row in page)
            {
                last = row.Key;
                var id = Encoding.UTF8.GetString(row.Value);
                if (_charges.TryGetValue(id, out var fact) && fact.Outbox++ > 0)
                {
                    Fault($"outbox entry {row.Key}", $"release '{id}' stands in the outbox a second time");
                }
                else if (fact is null && await transaction.GetAsync(ReleaseTables.Releases, id).ConfigureAwait(false) is null)
                {
                    Fault($"outbox entry {row.Key}", $"release '{id}' is not stored");
                }
            }

            if (page.Count < PageSize)
            {
                break;
            }
        }

        var sequence = await transaction.GetAsync(ReleaseTables.OutboxSequence, ReleaseTables.SequenceRow).ConfigureAwait(false);
        if ((sequence is null ? null : Encoding.UTF8.GetString(sequence)) != last)
        {
            Fault("outbox-sequence", "the sequence is not that of the newest entry");
        }
    }

    private bool Damaged(string account) => _broken.Contains(account) || RequestRules.Ancestors(account).Any(_broken.Contains);

    private void ReportCharges()
    {
        foreach (var (release, fact) in _charges)
        {
            var account = release[..Math.Max(0, release.IndexOf('|', StringComparison.Ordinal))];
            var damaged = Damaged(account);
            if (!fact.Stored)
            {
                Fault($"{AccountHistory.Stream(account)} event {fact.Version}", $"release '{release}' was charged and is not stored");
            }
            else if (fact.Outbox == 0)
            {
                Fault($"release '{release}'", "it is not in the outbox, so no sink publishes it");
            }

            // An account is never opened above charges, so all of the tree's accounts hold each of them.
            if (!fact.Elsewhere && !damaged && fact.Accounts != _depths.GetValueOrDefault(account))
            {
                Fault($"release '{release}'", $"it is charged to {fact.Accounts} accounts, and account '{account}' and those above it are {_depths.GetValueOrDefault(account)}");
            }
        }
    }
}
