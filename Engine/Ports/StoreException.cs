namespace AkkaPrivacy.Engine.Ports;

/// <summary>Why a store failed; a closed set.</summary>
public enum StoreFailure
{
    /// <summary>Another process holds the store and did not let go in time.</summary>
    Locked,

    /// <summary>The disk or the store's quota is full.</summary>
    Full,

    /// <summary>The file is not a database of this product, or fails its integrity checks.</summary>
    Corrupt,

    /// <summary>The store may only be read.</summary>
    ReadOnly,

    /// <summary>The stream holds other events than the caller has seen.</summary>
    VersionConflict,

    /// <summary>The store cannot be opened or reached.</summary>
    Unavailable,

    /// <summary>The commit was sent and its outcome is not known.</summary>
    CommitUnknown,
}

/// <summary>A failure of the store. Its message names the store and the failure, never a stored value.</summary>
/// <param name="failure">The code.</param>
/// <param name="message">What happened, where, and what was kept.</param>
/// <param name="inner">The cause, if any.</param>
public sealed class StoreException(StoreFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The code, from a closed set.</summary>
    public StoreFailure Failure { get; } = failure;
}

/// <summary>Another owner has taken over a resource; the caller must stop and touch nothing.</summary>
/// <param name="resource">The resource.</param>
/// <param name="held">The epoch that the caller held.</param>
/// <param name="newest">The epoch that is in force.</param>
public sealed class FencedException(string resource, long held, long newest)
    : Exception($"Fenced: epoch {held} of '{resource}' was superseded by epoch {newest}. Another process owns it now; nothing was written.")
{
    /// <summary>The resource.</summary>
    public string Resource { get; } = resource;

    /// <summary>The epoch that the caller held.</summary>
    public long Held { get; } = held;

    /// <summary>The epoch that is in force.</summary>
    public long Newest { get; } = newest;
}
