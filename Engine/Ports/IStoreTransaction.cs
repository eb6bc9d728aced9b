namespace AkkaPrivacy.Engine.Ports;

/// <summary>Reads and writes inside one transaction of an <see cref="IStore"/>.</summary>
/// <remarks>
/// Valid only while the work that received it runs. Not safe for concurrent use. Names of streams, tables and
/// resources are 1 to 512 characters, keys 1 to 1024; neither holds U+0000 or half a surrogate pair
/// (<see cref="StoreNames"/>), and both are ordered by their UTF-8 bytes. A value or payload has at most
/// <see cref="StoreNames.MaxValueBytes"/>. A breach is an <see cref="ArgumentException"/> and leaves the
/// transaction as it was. A <see cref="StoreException"/> or <see cref="FencedException"/> dooms the transaction:
/// it is rolled back and the exception goes to the caller, also when the work caught it.
/// </remarks>
public interface IStoreTransaction
{
    /// <summary>Reads the events of a stream in order of version.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="afterVersion">Only events with a larger version; 0 reads from the start.</param>
    /// <param name="limit">At most so many events, 1 to 1,000,000, so that a long stream is read in pages.</param>
    /// <returns>The events; empty when the stream does not exist or has nothing newer.</returns>
    ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long afterVersion = 0, int limit = 1_000_000);

    /// <summary>Appends events to a stream.</summary>
    /// <param name="stream">The stream's name.</param>
    /// <param name="expectedVersion">The version of the newest event the caller has seen; 0 for a new stream.</param>
    /// <param name="events">One or more events, each with a type and a payload.</param>
    /// <returns>The version of the last event appended.</returns>
    /// <exception cref="StoreException">With <see cref="StoreFailure.VersionConflict"/> when the stream has moved on.</exception>
    ValueTask<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events);

    /// <summary>Gets a row, or null when there is none.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="key">The row's key.</param>
    /// <returns>The row's value, or null.</returns>
    ValueTask<byte[]?> GetAsync(string table, string key);

    /// <summary>Puts a row, replacing one with the same key.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="key">The row's key.</param>
    /// <param name="value">The row's value, which may be empty; at most <see cref="StoreNames.MaxValueBytes"/>.</param>
    /// <returns>A task that ends when the row is part of the transaction.</returns>
    ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value);

    /// <summary>Deletes a row; a missing row is no error.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="key">The row's key.</param>
    /// <returns>A task that ends when the deletion is part of the transaction.</returns>
    ValueTask DeleteAsync(string table, string key);

    /// <summary>Lists rows of a table in order of key.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="prefix">Only keys that start with it; empty for all.</param>
    /// <param name="afterKey">Only keys larger than it, for paging; null from the start.</param>
    /// <param name="limit">At most so many rows, 1 to 1,000,000.</param>
    /// <returns>The rows.</returns>
    ValueTask<IReadOnlyList<StoredRow>> ScanAsync(string table, string prefix = "", string? afterKey = null, int limit = 1_000_000);

    /// <summary>Takes over a resource: raises its epoch by one and returns it. Every older holder is fenced.</summary>
    /// <param name="resource">What is owned, for example <c>pipeline/site-traffic</c>.</param>
    /// <returns>The new epoch, 1 for a new resource.</returns>
    ValueTask<long> AcquireEpochAsync(string resource);

    /// <summary>Makes the transaction depend on <paramref name="epoch"/> being the newest of the resource.</summary>
    /// <param name="resource">What is owned.</param>
    /// <param name="epoch">The epoch that the caller holds.</param>
    /// <returns>A task that ends when the fence is checked; it holds until commit.</returns>
    /// <exception cref="FencedException">Another holder has acquired a newer epoch.</exception>
    ValueTask FenceAsync(string resource, long epoch);

    /// <summary>The newest epoch of a resource. Unlike <see cref="FenceAsync"/> it dooms nothing, so that work for several
    /// owners can leave out the one that was superseded; what it gives holds until the commit.</summary>
    /// <param name="resource">What is owned.</param>
    /// <returns>The epoch, 0 where nobody has acquired one.</returns>
    ValueTask<long> EpochAsync(string resource);

    /// <summary>Reads several streams in one call, as <see cref="ReadStreamAsync"/> would one after the other.</summary>
    /// <param name="streams">Where to begin in each; a stream may be named more than once.</param>
    /// <param name="limit">At most so many events of each, 1 to 1,000,000.</param>
    /// <returns>The events of each, in the order of <paramref name="streams"/>.</returns>
    async ValueTask<IReadOnlyList<IReadOnlyList<StoredEvent>>> ReadStreamsAsync(IReadOnlyList<StreamPlace> streams, int limit)
    {
        StoreNames.CheckPlaces(streams, limit);
        var all = new List<IReadOnlyList<StoredEvent>>(streams.Count);
        foreach (var place in streams)
        {
            all.Add(await ReadStreamAsync(place.Stream, place.AfterVersion, limit).ConfigureAwait(false));
        }

        return all;
    }

    /// <summary>Appends to several streams in one call.</summary>
    /// <param name="appends">What is appended where; each stream once.</param>
    /// <returns>A task that ends when the events are part of the transaction.</returns>
    /// <exception cref="StoreException">With <see cref="StoreFailure.VersionConflict"/> when one of the streams has moved on.</exception>
    async ValueTask AppendManyAsync(IReadOnlyList<StreamAppend> appends)
    {
        StoreNames.CheckAppends(appends);
        foreach (var append in appends)
        {
            await AppendAsync(append.Stream, append.ExpectedVersion, append.Events).ConfigureAwait(false);
        }
    }

    /// <summary>Gets several rows of a table in one call.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="keys">The rows' keys; a key may be named more than once.</param>
    /// <returns>The value of each, or null where there is no row, in the order of <paramref name="keys"/>.</returns>
    async ValueTask<IReadOnlyList<byte[]?>> GetManyAsync(string table, IReadOnlyList<string> keys)
    {
        StoreNames.CheckKeys(table, keys);
        var all = new List<byte[]?>(keys.Count);
        foreach (var key in keys)
        {
            all.Add(await GetAsync(table, key).ConfigureAwait(false));
        }

        return all;
    }

    /// <summary>Puts several rows of a table in one call.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="rows">The rows; each key once.</param>
    /// <returns>A task that ends when the rows are part of the transaction.</returns>
    async ValueTask PutManyAsync(string table, IReadOnlyList<NewRow> rows)
    {
        StoreNames.CheckRows(table, rows);
        foreach (var row in rows)
        {
            await PutAsync(table, row.Key, row.Value).ConfigureAwait(false);
        }
    }
}
