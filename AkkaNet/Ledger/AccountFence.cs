using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>An account's epoch in the store that all nodes share.</summary>
internal sealed class AccountFence(IStore store, string account)
{
    private readonly string _resource = $"ledger/{account}";
    private long _epoch;

    /// <summary>Takes the account over: every older holder is fenced.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<Acquired> AcquireAsync()
    {
        _epoch = await store.TransactAsync(transaction => transaction.AcquireEpochAsync(_resource)).ConfigureAwait(false);
        return new Acquired(_epoch);
    }

    /// <summary>Checks that the epoch is still the newest.</summary>
    /// <exception cref="FencedException">It is not.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task CheckAsync() => await store.TransactAsync(async transaction =>
    {
        await transaction.FenceAsync(_resource, _epoch).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    /// <summary>The epoch was taken.</summary>
    internal sealed record Acquired(long Epoch);
}
