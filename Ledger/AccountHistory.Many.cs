using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Ledger.Snapshots;

namespace AkkaPrivacy.Ledger;

/// <summary>An account that was loaded, or why it cannot be.</summary>
/// <param name="Snapshot">Its state; <see cref="AccountSnapshot.New"/> where it cannot be read.</param>
/// <param name="Fault">What is wrong with its history.</param>
internal readonly record struct LoadedAccount(AccountSnapshot Snapshot, LedgerCorruptException? Fault);

/// <content>Many accounts at once.</content>
internal sealed partial class AccountHistory
{
    // The event that is known, those up to the next snapshot, and one that tells that there are more.
    private const int ManyPageSize = StoredSnapshots.Interval + 2;

    /// <summary>Loads accounts, each as <see cref="LoadAsync"/> would, in two calls of the store.</summary>
    public async ValueTask<Dictionary<string, LoadedAccount>> LoadManyAsync(IStoreTransaction transaction, IReadOnlyCollection<string> accounts)
    {
        var known = await KnownAsync(transaction, accounts).ConfigureAwait(false);
        StreamPlace[] places = [.. known.Select(item => new StreamPlace(Stream(item.Account), Math.Max(0, item.From.Version - 1)))];
        var tails = await transaction.ReadStreamsAsync(places, ManyPageSize).ConfigureAwait(false);
        var loaded = new Dictionary<string, LoadedAccount>(accounts.Count, StringComparer.Ordinal);
        for (var i = 0; i < known.Count; i++)
        {
            if (TryContinue(known[i].Account, known[i].From, tails[i]) is { } snapshot)
            {
                loaded[known[i].Account] = new LoadedAccount(snapshot, null);
            }
        }

        foreach (var account in accounts.Where(account => !loaded.ContainsKey(account)))
        {
            loaded[account] = await LoadOneAsync(transaction, account).ConfigureAwait(false);
        }

        return loaded;
    }

    /// <summary>The state that is kept, unchecked; null for none.</summary>
    public AccountSnapshot? Kept(string account) => _kept.GetValueOrDefault(account);

    /// <summary>Keeps a state, also one whose events are still to be stored: each use checks it.</summary>
    public void KeepAhead(string account, AccountSnapshot snapshot) => Keep(account, snapshot);

    /// <summary>Whether each of the accounts stands where a state says, with nothing behind it.</summary>
    public static async ValueTask<bool> AreNewestAsync(IStoreTransaction transaction, IReadOnlyList<(string Account, AccountSnapshot Snapshot)> accounts)
    {
        StreamPlace[] places = [.. accounts.Select(item => new StreamPlace(Stream(item.Account), Math.Max(0, item.Snapshot.Version - 1)))];
        var tails = await transaction.ReadStreamsAsync(places, 2).ConfigureAwait(false);
        return tails.Zip(accounts).All(pair => pair.Second.Snapshot.Version == 0
            ? pair.First.Count == 0
            : pair.First.Count == 1 && LedgerEventCodec.Hash(pair.First[0].Type, pair.First[0].Payload) == pair.Second.Snapshot.Hash);
    }

    // The accounts that are kept, and those of which neither a state nor a snapshot is known, which begin with nothing.
    private async ValueTask<List<(string Account, AccountSnapshot From)>> KnownAsync(IStoreTransaction transaction, IReadOnlyCollection<string> accounts)
    {
        var known = new List<(string, AccountSnapshot)>(accounts.Count);
        var others = new List<string>();
        foreach (var account in accounts)
        {
            if (_kept.TryGetValue(account, out var kept))
            {
                known.Add((account, kept));
            }
            else
            {
                others.Add(account);
            }
        }

        if (others.Count > 0)
        {
            var stored = await transaction.GetManyAsync(StoredSnapshots.Table, others).ConfigureAwait(false);
            known.AddRange(others.Where((_, i) => stored[i] is null).Select(account => (account, AccountSnapshot.New)));
        }

        return known;
    }

    // Null where the account is to be read on its own.
    private static AccountSnapshot? TryContinue(string account, AccountSnapshot from, IReadOnlyList<StoredEvent> tail)
    {
        if (tail.Count == ManyPageSize)
        {
            return null;
        }

        try
        {
            return from.Version == 0 ? Apply(account, from, tail)
                : tail.Count > 0 && LedgerEventCodec.Hash(tail[0].Type, tail[0].Payload) == from.Hash ? Apply(account, from, tail.Skip(1))
                : null;
        }
        catch (Exception failure) when (failure is LedgerCorruptException or ReducedStateException)
        {
            return null;
        }
    }

    private async ValueTask<LoadedAccount> LoadOneAsync(IStoreTransaction transaction, string account)
    {
        try
        {
            return new LoadedAccount(await LoadAsync(transaction, account).ConfigureAwait(false), null);
        }
        catch (LedgerCorruptException corrupt)
        {
            return new LoadedAccount(AccountSnapshot.New, corrupt);
        }
    }
}
