namespace AkkaPrivacy.Engine.Ports;

/// <summary>
/// The one transactional port that ledger, outbox, checkpoints and sinks are written on, so that a single
/// transaction can span them.
/// </summary>
/// <remarks>
/// Transactions are serializable and durable once <see cref="TransactAsync{T}"/> returns. A transaction whose
/// work throws is rolled back whole and the exception goes to the caller. Failures of the store itself
/// surface as <see cref="StoreException"/> with a code from a closed set; nothing was written then, except for
/// <see cref="StoreFailure.CommitUnknown"/>, where the caller must read before it repeats.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>Runs <paramref name="work"/> in one read-write transaction and commits it.</summary>
    /// <typeparam name="T">What the work returns.</typeparam>
    /// <param name="work">The reads and writes; it must not start another transaction on the same store.</param>
    /// <param name="cancellationToken">Cancels the wait for the transaction; a commit under way is not cancelled.</param>
    /// <returns>What <paramref name="work"/> returned, after the commit.</returns>
    /// <exception cref="StoreException">The store refused, is full, locked, corrupt or unreachable.</exception>
    /// <exception cref="FencedException">An epoch named in the transaction is no longer the newest.</exception>
    /// <exception cref="InvalidOperationException">The call came from inside a transaction of the same store.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default);
}
