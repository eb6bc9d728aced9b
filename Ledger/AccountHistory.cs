using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Ledger.Snapshots;

namespace AkkaPrivacy.Ledger;

/// <summary>An account's state with the place in its stream up to which it was folded.</summary>
/// <param name="State">The state.</param>
/// <param name="Version">The version of the last event, 0 for none.</param>
/// <param name="Hash">The hash of the last event.</param>
internal sealed record AccountSnapshot(AccountState State, long Version, string Hash)
{
    /// <summary>The version of the newest snapshot that the store holds, as far as this one knows; 0 for none.</summary>
    public long StoredVersion { get; init; }

    public static AccountSnapshot New { get; } = new(AccountState.New, 0, LedgerEventCodec.NoHash);

    /// <summary>The snapshot after one more stored event.</summary>
    /// <exception cref="LedgerCorruptException">The event cannot be read or cannot follow.</exception>
    public AccountSnapshot Apply(string account, long version, string type, ReadOnlySpan<byte> payload) => Apply(account, version, type, payload, out _);

    /// <summary>The snapshot after one more stored event, with the event.</summary>
    /// <exception cref="LedgerCorruptException">The event cannot be read or cannot follow.</exception>
    public AccountSnapshot Apply(string account, long version, string type, ReadOnlySpan<byte> payload, out LedgerEvent happened)
    {
        try
        {
            happened = LedgerEventCodec.Decode(type, payload, Hash);
            var state = State.Evolve(happened);
            return state.Policy?.Account == account
                ? this with { State = state, Version = version, Hash = LedgerEventCodec.Hash(type, payload) }
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
internal sealed partial class AccountHistory
{
    private const int PageSize = 10_000;
    private readonly ConcurrentDictionary<string, AccountSnapshot> _kept = new(StringComparer.Ordinal);

    public static string Stream(string account) => $"ledger/{account}";

    /// <summary>Loads an account, without old detail where a stored snapshot leaves it out.</summary>
    /// <exception cref="LedgerCorruptException">An event cannot be read; the message names its place.</exception>
    public async ValueTask<AccountSnapshot> LoadAsync(IStoreTransaction transaction, string account)
    {
        try
        {
            var loaded = _kept.TryGetValue(account, out var kept) && await ContinueAsync(transaction, account, kept).ConfigureAwait(false) is { } continued
                ? continued
                : await FromStoredAsync(transaction, account).ConfigureAwait(false);
            return Keep(account, loaded);
        }
        catch (ReducedStateException)
        {
            // An event behind the snapshot is about a period that the snapshot leaves out, so the next event brings a new one.
            return Keep(account, await LoadWholeAsync(transaction, account).ConfigureAwait(false) with { StoredVersion = 0 });
        }
    }

    /// <summary>Loads an account so that a charge in the period that holds an instant can be decided.</summary>
    /// <exception cref="LedgerCorruptException">An event cannot be read; the message names its place.</exception>
    public async ValueTask<AccountSnapshot> LoadToChargeAsync(IStoreTransaction transaction, string account, long timeMs)
    {
        var loaded = await LoadAsync(transaction, account).ConfigureAwait(false);
        return loaded.State.CanCharge(timeMs) ? loaded : await LoadWholeAsync(transaction, account).ConfigureAwait(false);
    }

    /// <summary>Loads an account so that the figures of all periods from the one on that holds an instant are known.</summary>
    /// <exception cref="LedgerCorruptException">An event cannot be read; the message names its place.</exception>
    public async ValueTask<AccountSnapshot> LoadToChangeAsync(IStoreTransaction transaction, string account, long timeMs)
    {
        var loaded = await LoadAsync(transaction, account).ConfigureAwait(false);
        return loaded.State.CanChange(timeMs) ? loaded : await LoadWholeAsync(transaction, account).ConfigureAwait(false);
    }

    /// <summary>Appends an event, and stores a snapshot where the last one has become old.</summary>
    public ValueTask<AccountSnapshot> AppendAsync(IStoreTransaction transaction, string account, AccountSnapshot snapshot, LedgerEvent happened)
    {
        var (stored, after) = Next(account, snapshot, happened);
        return AppendAsync(transaction, account, stored, after);
    }

    /// <summary>Appends an event that <see cref="Next"/> gave, and stores a snapshot where the last one has become old.</summary>
    public async ValueTask<AccountSnapshot> AppendAsync(IStoreTransaction transaction, string account, NewEvent stored, AccountSnapshot after)
    {
        await transaction.AppendAsync(Stream(account), after.Version - 1, [stored]).ConfigureAwait(false);
        return Keep(account, await StoredSnapshots.SaveIfOldAsync(transaction, account, after).ConfigureAwait(false));
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

    private async ValueTask<AccountSnapshot> LoadWholeAsync(IStoreTransaction transaction, string account)
    {
        var stored = await StoredSnapshots.FindAsync(transaction, account).ConfigureAwait(false);
        var whole = await FoldAsync(transaction, account, AccountSnapshot.New).ConfigureAwait(false);
        return Keep(account, whole with { StoredVersion = stored?.Version ?? 0 });
    }

    // A snapshot is written in the transaction of its event. One whose event is missing or another one therefore says that
    // the stream was changed or lost its end: charges may be missing, so the account is closed rather than folded anew.
    private static async ValueTask<AccountSnapshot> FromStoredAsync(IStoreTransaction transaction, string account)
    {
        if (await StoredSnapshots.FindAsync(transaction, account).ConfigureAwait(false) is not { } stored)
        {
            return await FoldAsync(transaction, account, AccountSnapshot.New).ConfigureAwait(false);
        }

        return await ContinueAsync(transaction, account, stored).ConfigureAwait(false)
            ?? throw StoredSnapshots.Corrupt(account, $"event {stored.Version} of stream '{Stream(account)}', which it was written with, is missing or was changed");
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
