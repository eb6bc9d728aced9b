using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Tests.Ledger.GroupCommit;

/// <summary>A store whose transactions wait for a gate, and fail where a test says.</summary>
internal sealed class GatedStore(IStore inner) : IStore
{
    private TaskCompletionSource _gate = Open();
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when a transaction stands at the closed gate.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>How many transactions began.</summary>
    public int Transactions { get; private set; }

    /// <summary>The call of the next transaction that fails, from 1; 0 for none.</summary>
    public int FailAtCall { get; set; }

    /// <summary>The code of the next failure.</summary>
    public StoreFailure Failure { get; set; } = StoreFailure.Full;

    /// <summary>Whether the next commit is done and then reported as unknown.</summary>
    public bool LoseCommit { get; set; }

    public void Close()
    {
        _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Release() => _gate.TrySetResult();

    public async ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default)
    {
        _arrived.TrySetResult();
        await _gate.Task;
        Transactions++;
        var result = await inner.TransactAsync(transaction => work(FailAtCall > 0 ? new Failing(this, transaction) : transaction), cancellationToken);
        if (LoseCommit)
        {
            LoseCommit = false;
            throw new StoreException(StoreFailure.CommitUnknown, "lost");
        }

        return result;
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private IStoreTransaction Next(IStoreTransaction transaction) =>
        --FailAtCall == 0 ? throw new StoreException(Failure, "struck") : transaction;

    private sealed class Failing(GatedStore store, IStoreTransaction transaction) : IStoreTransaction
    {
        public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long afterVersion = 0, int limit = 1_000_000) => store.Next(transaction).ReadStreamAsync(stream, afterVersion, limit);

        public ValueTask<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events) => store.Next(transaction).AppendAsync(stream, expectedVersion, events);

        public ValueTask<byte[]?> GetAsync(string table, string key) => store.Next(transaction).GetAsync(table, key);

        public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value) => store.Next(transaction).PutAsync(table, key, value);

        public ValueTask DeleteAsync(string table, string key) => store.Next(transaction).DeleteAsync(table, key);

        public ValueTask<IReadOnlyList<StoredRow>> ScanAsync(string table, string prefix = "", string? afterKey = null, int limit = 1_000_000) => store.Next(transaction).ScanAsync(table, prefix, afterKey, limit);

        public ValueTask<long> AcquireEpochAsync(string resource) => store.Next(transaction).AcquireEpochAsync(resource);

        public ValueTask FenceAsync(string resource, long epoch) => store.Next(transaction).FenceAsync(resource, epoch);

        public ValueTask<long> EpochAsync(string resource) => store.Next(transaction).EpochAsync(resource);
    }
}
