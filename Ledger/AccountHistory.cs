using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Ledger;

/// <summary>An account's state with the place in its stream up to which it was folded.</summary>
/// <param name="State">The state.</param>
/// <param name="Version">The version of the last event, 0 for none.</param>
/// <param name="Hash">The hash of the last event.</param>
internal sealed record AccountSnapshot(AccountState State, long Version, string Hash)
{
    public static AccountSnapshot New { get; } = new(AccountState.New, 0, LedgerEventCodec.NoHash);

    /// <summary>The snapshot after one more stored event.</summary>
    /// <exception cref="LedgerCorruptException">The event cannot be read or cannot follow.</exception>
    public AccountSnapshot Apply(string account, long version, string type, ReadOnlySpan<byte> payload)
    {
        try
        {
            var state = State.Evolve(LedgerEventCodec.Decode(type, payload, Hash));
            return state.Policy?.Account == account
                ? new AccountSnapshot(state, version, LedgerEventCodec.Hash(type, payload))
                : throw new FormatException("it belongs to another account");
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            throw new LedgerCorruptException($"Event {version} of stream '{AccountHistory.Stream(account)}' cannot be read: {(failure is OverflowException ? "its sum overflows" : failure.Message)}.", failure);
        }
    }
}

/// <summary>
/// Folds accounts from their streams and keeps the result, so that a release reads only what is new.
/// </summary>
/// <remarks>A kept state may come from a transaction that was rolled back, or the store may be another one or have
/// been restored. So every use reads the last folded event again and compares its hash, which stands for the whole
/// history before it; on any difference the stream is folded from its start. Safe to call from several threads.</remarks>
internal sealed class AccountHistory
{
    private const int PageSize = 10_000;
    private readonly ConcurrentDictionary<string, AccountSnapshot> _kept = new(StringComparer.Ordinal);

    public static string Stream(string account) => $"ledger/{account}";

    /// <summary>Loads an account.</summary>
    /// <exception cref="LedgerCorruptException">An event cannot be read; the message names its place.</exception>
    public async ValueTask<AccountSnapshot> LoadAsync(IStoreTransaction transaction, string account)
    {
        if (_kept.TryGetValue(account, out var kept) && await ContinueAsync(transaction, account, kept).ConfigureAwait(false) is { } continued)
        {
            return Keep(account, continued);
        }

        return Keep(account, await FoldAsync(transaction, account, AccountSnapshot.New).ConfigureAwait(false));
    }

    /// <summary>Appends an event.</summary>
    public async ValueTask<AccountSnapshot> AppendAsync(IStoreTransaction transaction, string account, AccountSnapshot snapshot, LedgerEvent happened)
    {
        var (stored, after) = Next(account, snapshot, happened);
        await transaction.AppendAsync(Stream(account), snapshot.Version, [stored]).ConfigureAwait(false);
        return Keep(account, after);
    }

    /// <summary>The stored form of an event that was decided, and the snapshot after it.</summary>
    /// <exception cref="InvalidOperationException">It does not read back.</exception>
    public static (NewEvent Stored, AccountSnapshot After) Next(string account, AccountSnapshot snapshot, LedgerEvent happened)
    {
        var stored = LedgerEventCodec.Encode(happened, snapshot.Hash);
        return (stored, ReadBack(account, snapshot, stored));
    }

    // An event that could not be read again would close the account, so it is never written.
    private static AccountSnapshot ReadBack(string account, AccountSnapshot snapshot, NewEvent stored)
    {
        try
        {
            return snapshot.Apply(account, snapshot.Version + 1, stored.Type, stored.Payload.Span);
        }
        catch (LedgerCorruptException failure)
        {
            throw new InvalidOperationException($"An event for account '{account}' does not read back as it was decided; the transaction is rolled back.", failure);
        }
    }

    private static async ValueTask<AccountSnapshot?> ContinueAsync(IStoreTransaction transaction, string account, AccountSnapshot kept)
    {
        var tail = await transaction.ReadStreamAsync(Stream(account), kept.Version - 1, PageSize).ConfigureAwait(false);
        if (tail.Count == 0 || LedgerEventCodec.Hash(tail[0].Type, tail[0].Payload) != kept.Hash)
        {
            return null;
        }

        var snapshot = Apply(account, kept, tail.Skip(1));
        return tail.Count < PageSize ? snapshot : await FoldAsync(transaction, account, snapshot).ConfigureAwait(false);
    }

    private static async ValueTask<AccountSnapshot> FoldAsync(IStoreTransaction transaction, string account, AccountSnapshot snapshot)
    {
        while (true)
        {
            var page = await transaction.ReadStreamAsync(Stream(account), snapshot.Version, PageSize).ConfigureAwait(false);
            snapshot = Apply(account, snapshot, page);
            if (page.Count < PageSize)
            {
                return snapshot;
            }
        }
    }

    private static AccountSnapshot Apply(string account, AccountSnapshot snapshot, IEnumerable<StoredEvent> events) =>
        events.Aggregate(snapshot, (current, item) => current.Apply(account, item.Version, item.Type, item.Payload));

    private AccountSnapshot Keep(string account, AccountSnapshot snapshot)
    {
        if (snapshot.Version > 0)
        {
            _kept[account] = snapshot;
        }

        return snapshot;
    }
}
