using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger;

/// <summary>Reads stored releases.</summary>
public static class ReleaseReader
{
    /// <summary>Gets one release.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="id">The release's id.</param>
    /// <returns>The release, or null when nothing was released under that id.</returns>
    /// <exception cref="StoreException">With <see cref="StoreFailure.Corrupt"/> when the row is no release.</exception>
    public static ValueTask<Release?> GetAsync(IStoreTransaction transaction, ReleaseId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return GetAsync(transaction, id.ToString());
    }

    /// <summary>Lists releases in order of id: those of one query stand together, in order of time.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="prefix">The start of the ids: empty for all, or whole parts as <see cref="Prefix"/> makes them.</param>
    /// <param name="afterId">Only ids after it, for paging; null from the start.</param>
    /// <param name="limit">At most so many, 1 to 1,000,000. Default: 1,000.</param>
    /// <returns>The releases.</returns>
    /// <exception cref="StoreException">With <see cref="StoreFailure.Corrupt"/> when a row is no release.</exception>
    public static async ValueTask<IReadOnlyList<Release>> ListAsync(
        IStoreTransaction transaction, string prefix = "", string? afterId = null, int limit = 1000)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var rows = await transaction.ScanAsync(ReleaseTables.Releases, prefix, afterId, limit).ConfigureAwait(false);
        return [.. rows.Select(row => Read(row.Key, row.Value))];
    }

    /// <summary>The start that the ids of an account, of a pipeline, of a plan or of a query share.</summary>
    /// <param name="account">The account.</param>
    /// <param name="pipeline">The pipeline, or null for all of the account.</param>
    /// <param name="planHash">The plan, or null for all of the pipeline; ignored without a pipeline.</param>
    /// <param name="query">The query, or null for all of the plan; ignored without a plan.</param>
    /// <returns>The prefix.</returns>
    public static string Prefix(string account, string? pipeline = null, string? planHash = null, string? query = null) =>
        string.Concat(new[] { account, pipeline, planHash, query }.TakeWhile(part => part is not null).Select(part => part + "|"));

    internal static async ValueTask<Release?> GetAsync(IStoreTransaction transaction, string key)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var value = await transaction.GetAsync(ReleaseTables.Releases, key).ConfigureAwait(false);
        return value is null ? null : Read(key, value);
    }

    private static Release Read(string key, byte[] value)
    {
        try
        {
            var release = ReleaseJson.Read(value);
            return release.Id.ToString() == key ? release : throw new FormatException("the id inside is another one");
        }
        catch (FormatException failure)
        {
            throw new StoreException(StoreFailure.Corrupt, $"Release '{key}' cannot be read: {failure.Message}. Nothing was changed; restore a backup.", failure);
        }
    }
}
