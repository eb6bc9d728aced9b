namespace AkkaPrivacy.Engine.Ports;

/// <summary>
/// Refuses a transaction that is started from inside another of the same store: with one writer at a time the
/// inner one would wait for the outer one, and the outer one for it, for ever.
/// </summary>
/// <remarks>It follows the asynchronous flow of the work, across awaits and threads. A task that outlives the
/// transaction it was started in is free again once that transaction ends.</remarks>
public sealed class NestedTransactionGuard
{
    private readonly AsyncLocal<Scope?> _current = new();

    /// <summary>Enters a transaction; to be called from the async method that runs the work.</summary>
    /// <returns>The scope; dispose it when the transaction has ended.</returns>
    /// <exception cref="InvalidOperationException">The caller is inside a transaction of the same store.</exception>
    public IDisposable Enter()
    {
        if (_current.Value is { Ended: false })
        {
            throw new InvalidOperationException(
                "A transaction was started inside another transaction of the same store. Pass the open IStoreTransaction on instead.");
        }

        return _current.Value = new Scope();
    }

    private sealed class Scope : IDisposable
    {
        public volatile bool Ended;

        public void Dispose() => Ended = true;
    }
}
