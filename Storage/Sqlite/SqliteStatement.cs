using SQLitePCL;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>A prepared statement: bind, step, read columns, reset. Not safe for concurrent use.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteDatabase database, string sql)
    {
        _database = database;
        if (raw.sqlite3_prepare_v2(database.Handle, sql, out _statement) != raw.SQLITE_OK)
        {
            throw Failure();
        }
    }

    public SqliteStatement Bind(int index, string? value)
    {
        Check(value is null ? raw.sqlite3_bind_null(_statement, index) : raw.sqlite3_bind_text(_statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        // An empty span has a null pointer, which SQLite would bind as NULL.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, value));
        return this;
    }

    /// <summary>Moves to the next row.</summary>
    /// <returns>False after the last row.</returns>
    public bool Step() => raw.sqlite3_step(_statement) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        _ => throw Failure(),
    };

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        using (Lease())
        {
            Step();
        }
    }

    /// <summary>Resets the statement when the lease ends, so that it holds neither lock nor value.</summary>
    public LeaseScope Lease() => new(_statement);

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string() ?? "";

    public byte[] Blob(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure();
        }
    }

    private Exception Failure() =>
        SqliteFailures.From(raw.sqlite3_extended_errcode(_database.Handle), _database.FilePath, "reading or writing");

    public readonly struct LeaseScope(sqlite3_stmt statement) : IDisposable
    {
        public void Dispose()
        {
            // The result repeats the failure of the last step, which was thrown already.
            _ = raw.sqlite3_reset(statement);
            _ = raw.sqlite3_clear_bindings(statement);
        }
    }
}
