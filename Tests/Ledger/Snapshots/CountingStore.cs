using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Tests.Ledger.Snapshots;

/// <summary>A store that counts the events that are read.</summary>
internal sealed class CountingStore(IStore inner) : IStore
{
    public int EventsRead { get; private set; }

    public ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default) =>
        inner.TransactAsync(transaction => work(new Counting(this, transaction)), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Counting(CountingStore store, IStoreTransaction transaction) : IStoreTransaction
    {
        public async ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long afterVersion = 0, int limit = 1_000_000)
        {
            var events = await transaction.ReadStreamAsync(stream, afterVersion, limit);
            store.EventsRead += events.Count;
            return events;
        }

        public ValueTask<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events) => transaction.AppendAsync(stream, expectedVersion, events);

        public ValueTask<byte[]?> GetAsync(string table, string key) => transaction.GetAsync(table, key);

        public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value) => transaction.PutAsync(table, key, value);

        public ValueTask DeleteAsync(string table, string key) => transaction.DeleteAsync(table, key);

        public ValueTask<IReadOnlyList<StoredRow>> ScanAsync(string table, string prefix = "", string? afterKey = null, int limit = 1_000_000) =>
            transaction.ScanAsync(table, prefix, afterKey, limit);

        public ValueTask<long> AcquireEpochAsync(string resource) => transaction.AcquireEpochAsync(resource);

        public ValueTask FenceAsync(string resource, long epoch) => transaction.FenceAsync(resource, epoch);

        public ValueTask<long> EpochAsync(string resource) => transaction.EpochAsync(resource);
    }
}
