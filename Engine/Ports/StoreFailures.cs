namespace AkkaPrivacy.Engine.Ports;

/// <summary>Failures that every store words alike.</summary>
public static class StoreFailures
{
    /// <summary>The stream has moved on since the caller read it.</summary>
    /// <param name="store">Names the store, for example its file.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="expected">The version that the caller had seen.</param>
    /// <param name="found">The version that the stream has.</param>
    /// <returns>An exception with <see cref="StoreFailure.VersionConflict"/>.</returns>
    public static StoreException VersionConflict(string store, string stream, long expected, long found) => new(
        StoreFailure.VersionConflict,
        $"Stream '{stream}' in {store} is at version {found}, not {expected}: another writer was first. Nothing was written; read it again and decide anew.");
}
