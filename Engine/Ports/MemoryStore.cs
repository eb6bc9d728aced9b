namespace AkkaPrivacy.Engine.Ports;

/// <summary>
/// A store in memory with the semantics of a durable one, except that it ends with the process: for tests and
/// for one-shot runs that keep nothing.
/// </summary>
/// <remarks>One transaction runs at a time; others wait in turn. Safe to call from several threads.</remarks>
public sealed class MemoryStore : IStore
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly NestedTransactionGuard _guard = new();
    private readonly MemoryTables _tables = new();
    private volatile bool _disposed;

    /// <inheritdoc />
    public async ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var scope = _guard.Enter();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return await RunAsync(work).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Drops everything stored, after the transaction that runs.</summary>
    /// <returns>A task that ends when the store is empty.</returns>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        _tables.Clear();
        _turn.Release();
    }

    private async ValueTask<T> RunAsync<T>(Func<IStoreTransaction, ValueTask<T>> work)
    {
        var transaction = new MemoryTransaction(_tables);
        try
        {
            var result = await work(transaction).ConfigureAwait(false);
            transaction.Commit();
            return result;
        }
        finally
        {
            transaction.End();
        }
    }
}
