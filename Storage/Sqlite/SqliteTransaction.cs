using System.Runtime.ExceptionServices;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>One transaction of a <see cref="SqliteStore"/>. Its calls complete synchronously.</summary>
internal sealed partial class SqliteTransaction(SqliteDatabase database, SqliteStatements statements) : IStoreTransaction
{
    private ExceptionDispatchInfo? _doom;
    private bool _ended;

    public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, long afterVersion = 0, int limit = 1_000_000)
    {
        StoreNames.CheckName(stream);
        StoreNames.CheckLimit(limit);
        ArgumentOutOfRangeException.ThrowIfNegative(afterVersion);
        return ValueTask.FromResult(Guarded(() => ReadStream(stream, afterVersion, limit)));
    }

    public ValueTask<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<NewEvent> events)
    {
        StoreNames.CheckAppend(stream, expectedVersion, events);
        return ValueTask.FromResult(Guarded(() => Append(stream, expectedVersion, events)));
    }

    public ValueTask<byte[]?> GetAsync(string table, string key)
    {
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        return ValueTask.FromResult(Guarded(() => Get(table, key)));
    }

    public ValueTask PutAsync(string table, string key, ReadOnlyMemory<byte> value)
    {
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        StoreNames.CheckValue(value);
        Guarded(() => Put(table, key, value.Span));
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAsync(string table, string key)
    {
        StoreNames.CheckName(table);
        StoreNames.CheckKey(key);
        Guarded(() =>
        {
            statements.Delete.Bind(1, table).Bind(2, key).Run();
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<StoredRow>> ScanAsync(string table, string prefix = "", string? afterKey = null, int limit = 1_000_000)
    {
        StoreNames.CheckName(table);
        StoreNames.CheckScan(prefix, afterKey, limit);
        return ValueTask.FromResult(Guarded(() => Scan(table, prefix, afterKey, limit)));
    }

    public ValueTask<long> AcquireEpochAsync(string resource)
    {
        StoreNames.CheckName(resource);
        return ValueTask.FromResult(Guarded(() => ReadLong(statements.RaiseEpoch.Bind(1, resource))));
    }

    public ValueTask FenceAsync(string resource, long epoch)
    {
        StoreNames.CheckName(resource);
        Guarded(() =>
        {
            // The transaction holds the write lock, so what is read here stays true until the commit.
            var newest = ReadLong(statements.Epoch.Bind(1, resource));
            return newest == epoch ? newest : throw new FencedException(resource, epoch, newest);
        });
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads everything and compares it with its checksums.</summary>
    public StoreVerification Verify() => Guarded(() => SqliteVerification.Of(database));

    public ValueTask<long> EpochAsync(string resource)
    {
        StoreNames.CheckName(resource);
        return ValueTask.FromResult(Guarded(() => ReadLong(statements.Epoch.Bind(1, resource))));
    }

    /// <summary>Throws the failure that doomed the transaction, also when the work caught it.</summary>
    public void ThrowIfDoomed() => _doom?.Throw();

    /// <summary>Refuses further use.</summary>
    public void End() => _ended = true;

    private static long ReadLong(SqliteStatement statement)
    {
        using var lease = statement.Lease();
        return statement.Step() ? statement.Long(0) : 0;
    }

    private IReadOnlyList<StoredEvent> ReadStream(string stream, long afterVersion, int limit)
    {
        var statement = statements.ReadStream.Bind(1, stream).Bind(2, afterVersion).Bind(3, limit);
        using var lease = statement.Lease();
        var events = new List<StoredEvent>();
        while (statement.Step())
        {
            var item = new StoredEvent(statement.Long(0), statement.Text(1), statement.Blob(2));
            if (statement.Long(3) != Checksum.OfEvent(stream, item.Version, item.Type, item.Payload))
            {
                throw Damaged($"event {item.Version} of stream '{stream}'");
            }

            events.Add(item);
        }

        return events;
    }

    private long Append(string stream, long expectedVersion, IReadOnlyList<NewEvent> events)
    {
        var found = ReadLong(statements.StreamVersion.Bind(1, stream));
        if (found != expectedVersion)
        {
            throw StoreFailures.VersionConflict($"'{database.FilePath}'", stream, expectedVersion, found);
        }

        var version = expectedVersion;
        foreach (var item in events)
        {
            version++;
            var payload = item.Payload.Span;
            statements.Append.Bind(1, stream).Bind(2, version).Bind(3, item.Type).Bind(4, payload)
                .Bind(5, Checksum.OfEvent(stream, version, item.Type, payload)).Run();
        }

        return version;
    }

    private bool Put(string table, string key, ReadOnlySpan<byte> value)
    {
        statements.Put.Bind(1, table).Bind(2, key).Bind(3, value).Bind(4, Checksum.OfRow(table, key, value)).Run();
        return true;
    }

    private byte[]? Get(string table, string key)
    {
        var statement = statements.Get.Bind(1, table).Bind(2, key);
        using var lease = statement.Lease();
        return statement.Step() ? Verified(table, key, statement.Blob(0), statement.Long(1)) : null;
    }

    private IReadOnlyList<StoredRow> Scan(string table, string prefix, string? afterKey, int limit)
    {
        var statement = BindScan(table, prefix, afterKey, limit);
        using var lease = statement.Lease();
        var rows = new List<StoredRow>();
        while (statement.Step())
        {
            var key = statement.Text(0);
            rows.Add(new StoredRow(key, Verified(table, key, statement.Blob(1), statement.Long(2))));
        }

        return rows;
    }

    private SqliteStatement BindScan(string table, string prefix, string? afterKey, int limit)
    {
        var after = afterKey is not null && StoreNames.CompareUtf8(afterKey, prefix) >= 0;
        var from = after ? afterKey : prefix;
        return StoreNames.PrefixEnd(prefix) is { } end
            ? (after ? statements.ScanAfter : statements.Scan).Bind(1, table).Bind(2, from).Bind(3, end).Bind(4, limit)
            : (after ? statements.ScanAfterOpen : statements.ScanOpen).Bind(1, table).Bind(2, from).Bind(3, limit);
    }

    // The key may name a subject, so the message names the table alone.
    private byte[] Verified(string table, string key, byte[] value, long checksum) =>
        checksum == Checksum.OfRow(table, key, value) ? value : throw Damaged($"a row of table '{table}'");

    private StoreException Damaged(string what) => SqliteFailures.Corrupt(
        database.FilePath, $"{what} does not match its checksum. Keep a copy of the file with its -wal, then restore a backup.");

    private T Guarded<T>(Func<T> call)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _doom?.Throw();
        try
        {
            return call();
        }
        catch (Exception failure)
        {
            // After some failures SQLite has rolled back on its own, and what follows would commit by itself.
            _doom = ExceptionDispatchInfo.Capture(failure);
            throw;
        }
    }
}
