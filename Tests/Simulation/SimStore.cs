using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>A store that fails before a transaction, at an operation in it, or after its commit.</summary>
public sealed class SimStore(IStore inner, SimFaults faults) : IStore
{
    public async ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default)
    {
        Strike(SimFault.StoreBefore, StoreFailure.Unavailable);
        var result = await inner.TransactAsync(transaction => work(new Transaction(transaction, this)), cancellationToken);
        Strike(SimFault.StoreAfter, StoreFailure.CommitUnknown);
        return result;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Strike(SimFault fault, StoreFailure failure)
    {
        if (faults.Strikes(fault) || (fault == SimFault.StoreBefore && faults.TakeLost()))
        {
            throw new StoreException(failure, $"The simulated store failed: {failure}.");
        }
    }

    private sealed class Transaction(IStoreTransaction inner, SimStore store) : IStoreTransaction
    {
        public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long afterVersion = 0, int limit = 1_000_000) => Next.ReadStreamAsync(stream, afterVersion, limit);

        public ValueTask<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events) => Next.AppendAsync(stream, expectedVersion, events);

        public ValueTask<byte[]?> GetAsync(string table, string key) => Next.GetAsync(table, key);

        public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value) => Next.PutAsync(table, key, value);

        public ValueTask DeleteAsync(string table, string key) => Next.DeleteAsync(table, key);

        public ValueTask<IReadOnlyList<StoredRow>> ScanAsync(string table, string prefix = "", string? afterKey = null, int limit = 1_000_000) => Next.ScanAsync(table, prefix, afterKey, limit);

        public ValueTask<long> AcquireEpochAsync(string resource) => Next.AcquireEpochAsync(resource);

        public ValueTask FenceAsync(string resource, long epoch) => Next.FenceAsync(resource, epoch);

        public ValueTask<long> EpochAsync(string resource) => Next.EpochAsync(resource);

        private IStoreTransaction Next
        {
            get
            {
                store.Strike(SimFault.StoreInside, StoreFailure.Full);
                return inner;
            }
        }
    }
}
