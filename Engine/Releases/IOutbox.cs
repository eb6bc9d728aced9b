using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Engine.Releases;

/// <summary>A release in the order in which releases were stored.</summary>
/// <param name="Sequence">Its place, from 1.</param>
/// <param name="Release">The release.</param>
public sealed record OutboxEntry(long Sequence, Release Release);

/// <summary>Reads stored releases, for publishers and reports.</summary>
public interface IOutbox
{
    /// <summary>Releases after a place, in order.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="afterSequence">0 from the start.</param>
    /// <param name="limit">At most so many, 1 or more.</param>
    /// <returns>The entries.</returns>
    ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(IStoreTransaction transaction, long afterSequence, int limit);

    /// <summary>How far a sink has published.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="sink">The sink's name with the pipeline's.</param>
    /// <returns>The last sequence it has published, 0 for none.</returns>
    ValueTask<long> CursorAsync(IStoreTransaction transaction, string sink);

    /// <summary>Notes how far a sink has published.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="sink">The sink's name with the pipeline's.</param>
    /// <param name="sequence">The last sequence it has published.</param>
    /// <returns>A task that ends when it is part of the transaction.</returns>
    ValueTask AdvanceAsync(IStoreTransaction transaction, string sink, long sequence);

    /// <summary>A stored release, or null.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="id">The release's id.</param>
    /// <returns>The release.</returns>
    ValueTask<Release?> FindAsync(IStoreTransaction transaction, ReleaseId id);

    /// <summary>All stored releases of a pipeline's queries, in order of query and window.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="account">The account.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="planHash">The plan hash of the queries.</param>
    /// <returns>The releases.</returns>
    ValueTask<IReadOnlyList<Release>> ListAsync(IStoreTransaction transaction, string account, string pipeline, string planHash);
}
