using System.Runtime.ExceptionServices;
using AkkaPrivacy.Engine.Ports;
using Npgsql;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>One transaction of a <see cref="PostgresStore"/>.</summary>
internal sealed partial class PostgresTransaction(NpgsqlConnection connection, PostgresServer server) : IStoreTransaction
{
    private readonly PostgresSql _sql = server.Sql;
    private ExceptionDispatchInfo? _doom;
    private bool _ended;

    public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long afterVersion = 0, int limit = 1_000_000)
    {
        StoreNames.CheckName(stream);
        StoreNames.CheckLimit(limit);
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        return Guarded("reading a stream", () => ReadStream(stream, afterVersion, limit));
    }

    public ValueTask<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events)
    {
        StoreNames.CheckAppend(stream, expectedVersion, events);
        return Guarded("appending to a stream", () => Append(stream, expectedVersion, events));
    }

    public ValueTask<byte[]?> GetAsync(string table, string key)
    {
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        return Guarded("reading a row", () => Get(table, key));
    }

    public async ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value)
    {
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        StoreNames.CheckValue(value);
        var place = PostgresKey.Of(key);
        var checksum = Checksum.OfRow(table, key, value.Span);
        await Guarded("writing a row", () => Run(_sql.Put, Bytes(PostgresKey.OfName(table)), Bytes(place.Head), Bytes(place.TailHash), Bytes(place.Tail), Bytes(value), Number(checksum))).ConfigureAwait(false);
    }

    public async ValueTask DeleteAsync(string table, string key)
    {
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        var place = PostgresKey.Of(key);
        await Guarded("deleting a row", () => Run(_sql.Delete, Bytes(PostgresKey.OfName(table)), Bytes(place.Head), Bytes(place.TailHash))).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<StoredRow>> ScanAsync(string table, string prefix = "", string? afterKey = null, int limit = 1_000_000)
    {
        StoreNames.CheckName(table);
        StoreNames.CheckScan(prefix, afterKey, limit);
        return Guarded("listing rows", () => Scan(table, prefix, afterKey, limit));
    }

    public ValueTask<long> AcquireEpochAsync(string resource)
    {
        StoreNames.CheckName(resource);
        return Guarded("raising an epoch", () => Long(_sql.RaiseEpoch, Bytes(PostgresKey.OfName(resource))));
    }

    public async ValueTask FenceAsync(string resource, long epoch)
    {
        StoreNames.CheckName(resource);
        await Guarded("checking an epoch", async () =>
        {
            // The transaction holds the store's lock, so what is read here stays true until the commit.
            var newest = await Long(_sql.Epoch, Bytes(PostgresKey.OfName(resource))).ConfigureAwait(false);
            return newest == epoch ? newest : throw new FencedException(resource, epoch, newest);
        }).ConfigureAwait(false);
    }

    /// <summary>Reads everything and compares it with its checksums.</summary>
    public ValueTask<StoreVerification> VerifyAsync() => Guarded("reading everything", () => PostgresVerification.OfAsync(connection, _sql));

    public ValueTask<long> EpochAsync(string resource)
    {
        StoreNames.CheckName(resource);
        return Guarded("reading an epoch", () => Long(_sql.Epoch, Bytes(PostgresKey.OfName(resource))));
    }

    /// <summary>Throws the failure that doomed the transaction, also when the work caught it.</summary>
    public void ThrowIfDoomed() => _doom?.Throw();

    /// <summary>Refuses further use.</summary>
    public void End() => _ended = true;

    private static NpgsqlParameter Bytes(byte[] value) => new NpgsqlParameter<byte[]> { TypedValue = value };

    private static NpgsqlParameter Bytes(ReadOnlyMemory<byte> value) => new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value };

    private static NpgsqlParameter Number(long value) => new NpgsqlParameter<long> { TypedValue = value };

    private static NpgsqlParameter Many<T>(IEnumerable<T> values) => new NpgsqlParameter<T[]> { TypedValue = [.. values] };

    private async ValueTask<IReadOnlyList<StoredEvent>> ReadStream(string stream, long afterVersion, int limit)
    {
        using var command = Command(_sql.ReadStream, Bytes(PostgresKey.OfName(stream)), Number(afterVersion), Number(limit));
        using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var events = new List<StoredEvent>();
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            events.Add(Event(reader, 0, stream));
        }

        return events;
    }

    // Version, type, payload and checksum, from a column on.
    private StoredEvent Event(NpgsqlDataReader reader, int first, string stream)
    {
        var item = new StoredEvent(reader.GetInt64(first), reader.GetString(first + 1), reader.GetFieldValue<byte[]>(first + 2));
        return reader.GetInt64(first + 3) == Checksum.OfEvent(stream, item.Version, item.Type, item.Payload)
            ? item
            : throw Damaged($"event {item.Version} of stream '{stream}'");
    }

    private async ValueTask<long> Append(string stream, long expectedVersion, IReadOnlyList<NewEvent> events)
    {
        var name = PostgresKey.OfName(stream);
        var versions = Enumerable.Range(1, events.Count).Select(i => expectedVersion + i).ToArray();
        var written = await Run(
            _sql.Append, Bytes(name), Number(expectedVersion), Many(versions), Many(events.Select(item => item.Type)), Many(events.Select(item => item.Payload.ToArray())),
            Many(events.Select((item, i) => Checksum.OfEvent(stream, versions[i], item.Type, item.Payload.Span)))).ConfigureAwait(false);
        return written == events.Count
            ? versions[^1]
            : throw StoreFailures.VersionConflict(server.Name, stream, expectedVersion, await Long(_sql.StreamVersion, Bytes(name)).ConfigureAwait(false));
    }

    private async ValueTask<byte[]?> Get(string table, string key)
    {
        var place = PostgresKey.Of(key);
        using var command = Command(_sql.Get, Bytes(PostgresKey.OfName(table)), Bytes(place.Head), Bytes(place.TailHash));
        using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        return await reader.ReadAsync().ConfigureAwait(false) ? Verified(table, key, reader.GetFieldValue<byte[]>(0), reader.GetInt64(1)) : null;
    }

    private async ValueTask<IReadOnlyList<StoredRow>> Scan(string table, string prefix, string? afterKey, int limit)
    {
        using var command = ScanCommand(table, prefix, afterKey, limit);
        using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var rows = new List<StoredRow>();
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            var key = PostgresKey.Text(reader.GetFieldValue<byte[]>(0), reader.GetFieldValue<byte[]>(1));
            rows.Add(new StoredRow(key, Verified(table, key, reader.GetFieldValue<byte[]>(2), reader.GetInt64(3))));
        }

        return rows;
    }

    private NpgsqlCommand ScanCommand(string table, string prefix, string? afterKey, int limit)
    {
        var after = afterKey is not null && StoreNames.CompareUtf8(afterKey, prefix) >= 0;
        var from = PostgresKey.Of(after ? afterKey! : prefix);
        var end = StoreNames.PrefixEnd(prefix);
        var command = Command(_sql.Scan(after, end is null), Bytes(PostgresKey.OfName(table)), Bytes(from.Head), Bytes(from.Tail), Number(limit));
        if (end is not null)
        {
            var until = PostgresKey.Of(end);
            command.Parameters.Add(Bytes(until.Head));
            command.Parameters.Add(Bytes(until.Tail));
        }

        return command;
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private async ValueTask<int> Run(string sql, params NpgsqlParameter[] parameters)
    {
        using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private async ValueTask<long> Long(string sql, params NpgsqlParameter[] parameters)
    {
        using var command = Command(sql, parameters);
        return await command.ExecuteScalarAsync().ConfigureAwait(false) is long value ? value : 0;
    }

    // The key may name a subject, so the message names the table alone.
    private byte[] Verified(string table, string key, byte[] value, long checksum) =>
        checksum == Checksum.OfRow(table, key, value) ? value : throw Damaged($"a row of table '{table}'");

    private StoreException Damaged(string what) =>
        PostgresFailures.Corrupt(server.Name, $"{what} does not match its checksum. Nothing was changed; keep a copy of the database, then restore a backup.");

    private async ValueTask<T> Guarded<T>(string doing, Func<ValueTask<T>> call)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _doom?.Throw();
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // After an error the server takes no more statements, and a commit would roll back in silence.
            var reported = PostgresFailures.IsOfStore(failure) ? PostgresFailures.From(failure, server.Name, doing) : failure;
            _doom = ExceptionDispatchInfo.Capture(reported);
            throw reported == failure ? failure : reported;
        }
    }
}
