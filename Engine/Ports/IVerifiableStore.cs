namespace AkkaPrivacy.Engine.Ports;

/// <summary>A store that can read all that it holds and say what no longer is what was written.</summary>
public interface IVerifiableStore : IStore
{
    /// <summary>Reads every event and every row and compares each with its checksum. Nothing is changed.</summary>
    /// <param name="cancellationToken">Cancels the wait for the transaction.</param>
    /// <returns>What was read, and what is damaged.</returns>
    /// <exception cref="StoreException">The store as a whole cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<StoreVerification> VerifyAsync(CancellationToken cancellationToken = default);
}
