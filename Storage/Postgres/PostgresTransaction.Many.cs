using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Storage.Postgres;

/// <content>Several streams or rows in one statement.</content>
internal sealed partial class PostgresTransaction
{
    // A message of the protocol holds less than 1 GiB, and both sides hold it whole.
    private const int MaxBytesAtOnce = 16 * 1024 * 1024;

    public ValueTask<IReadOnlyList<IReadOnlyList<StoredEvent>>> ReadStreamsAsync(IReadOnlyList<StreamPlace> streams, int limit)
    {
        StoreNames.CheckPlaces(streams, limit);
        return Guarded("reading streams", () => ReadStreams(streams, limit));
    }

    public async ValueTask AppendManyAsync(IReadOnlyList<StreamAppend> appends)
    {
        StoreNames.CheckAppends(appends);
        await Guarded("appending to streams", () => AppendMany(appends)).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<byte[]?>> GetManyAsync(string table, IReadOnlyList<string> keys)
    {
        StoreNames.CheckKeys(table, keys);
        return Guarded("reading rows", () => GetMany(table, keys));
    }

    public async ValueTask PutManyAsync(string table, IReadOnlyList<NewRow> rows)
    {
        StoreNames.CheckRows(table, rows);
        await Guarded("writing rows", () => PutMany(table, rows)).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<IReadOnlyList<StoredEvent>>> ReadStreams(IReadOnlyList<StreamPlace> streams, int limit)
    {
        using var command = Command(
            _sql.ReadStreams, Many(streams.Select(place => PostgresKey.OfName(place.Stream))), Many(streams.Select(place => place.AfterVersion)), Number(limit));
        using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var all = streams.Select(_ => new List<StoredEvent>()).ToArray();
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            var place = (int)reader.GetInt64(0) - 1;
            all[place].Add(Event(reader, 1, streams[place].Stream));
        }

        return all;
    }

    private async ValueTask<int> AppendMany(IReadOnlyList<StreamAppend> appends)
    {
        await CheckVersions(appends).ConfigureAwait(false);
        var written = 0;
        foreach (var part in Parts(appends.SelectMany(Rows), row => row.Payload.Length))
        {
            written += await Run(
                _sql.AppendMany, Many(part.Select(row => row.Stream)), Many(part.Select(row => row.Version)), Many(part.Select(row => row.Type)),
                Many(part.Select(row => row.Payload)), Many(part.Select(row => row.Checksum))).ConfigureAwait(false);
        }

        return written;
    }

    private async ValueTask CheckVersions(IReadOnlyList<StreamAppend> appends)
    {
        using var command = Command(_sql.OtherVersion, Many(appends.Select(append => PostgresKey.OfName(append.Stream))), Many(appends.Select(append => append.ExpectedVersion)));
        using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        if (await reader.ReadAsync().ConfigureAwait(false))
        {
            var moved = appends[(int)reader.GetInt64(0) - 1];
            throw StoreFailures.VersionConflict(server.Name, moved.Stream, moved.ExpectedVersion, reader.GetInt64(1));
        }
    }

    private static IEnumerable<(byte[] Stream, long Version, string Type, byte[] Payload, long Checksum)> Rows(StreamAppend append)
    {
        var name = PostgresKey.OfName(append.Stream);
        return append.Events.Select((item, i) =>
        {
            var version = append.ExpectedVersion + i + 1;
            return (name, version, item.Type, item.Payload.ToArray(), Checksum.OfEvent(append.Stream, version, item.Type, item.Payload.Span));
        });
    }

    private async ValueTask<IReadOnlyList<byte[]?>> GetMany(string table, IReadOnlyList<string> keys)
    {
        var places = keys.Select(PostgresKey.Of).ToArray();
        using var command = Command(
            _sql.GetMany, Bytes(PostgresKey.OfName(table)), Many(places.Select(place => place.Head)), Many(places.Select(place => place.TailHash)));
        using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var all = new byte[]?[keys.Count];
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            var place = (int)reader.GetInt64(0) - 1;
            all[place] = Verified(table, keys[place], reader.GetFieldValue<byte[]>(1), reader.GetInt64(2));
        }

        return all;
    }

    private async ValueTask<int> PutMany(string table, IReadOnlyList<NewRow> rows)
    {
        var written = 0;
        foreach (var part in Parts(rows.Select(row => (row.Key, Place: PostgresKey.Of(row.Key), Value: row.Value.ToArray())), row => row.Value.Length))
        {
            written += await Run(
                _sql.PutMany, Bytes(PostgresKey.OfName(table)), Many(part.Select(row => row.Place.Head)), Many(part.Select(row => row.Place.TailHash)),
                Many(part.Select(row => row.Place.Tail)), Many(part.Select(row => row.Value)),
                Many(part.Select(row => Checksum.OfRow(table, row.Key, row.Value)))).ConfigureAwait(false);
        }

        return written;
    }

    private static IEnumerable<List<T>> Parts<T>(IEnumerable<T> rows, Func<T, int> bytesOf)
    {
        var (part, bytes) = (new List<T>(), 0L);
        foreach (var row in rows)
        {
            part.Add(row);
            bytes += bytesOf(row);
            if (bytes >= MaxBytesAtOnce)
            {
                yield return part;
                (part, bytes) = ([], 0);
            }
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }
}
