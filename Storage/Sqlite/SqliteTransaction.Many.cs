using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Storage.Sqlite;

/// <content>Several streams or rows in one call: the statements are prepared already, so what is spared is the way here.</content>
internal sealed partial class SqliteTransaction
{
    public ValueTask<IReadOnlyList<IReadOnlyList<StoredEvent>>> ReadStreamsAsync(IReadOnlyList<StreamPlace> streams, int limit)
    {
        StoreNames.CheckPlaces(streams, limit);
        return ValueTask.FromResult(Guarded<IReadOnlyList<IReadOnlyList<StoredEvent>>>(
            () => [.. streams.Select(place => ReadStream(place.Stream, place.AfterVersion, limit))]));
    }

    public ValueTask AppendManyAsync(IReadOnlyList<StreamAppend> appends)
    {
        StoreNames.CheckAppends(appends);
        Guarded(() => appends.Sum(append => Append(append.Stream, append.ExpectedVersion, append.Events)));
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<byte[]?>> GetManyAsync(string table, IReadOnlyList<string> keys)
    {
        StoreNames.CheckKeys(table, keys);
        return ValueTask.FromResult(Guarded<IReadOnlyList<byte[]?>>(() => [.. keys.Select(key => Get(table, key))]));
    }

    public ValueTask PutManyAsync(string table, IReadOnlyList<NewRow> rows)
    {
        StoreNames.CheckRows(table, rows);
        Guarded(() => rows.Count(row => Put(table, row.Key, row.Value.Span)));
        return ValueTask.CompletedTask;
    }
}
