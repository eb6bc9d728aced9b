using AkkaPrivacy.Engine.Ports;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>One connection, spoken to through SQLite's own calls: they give the exact result code, and never wait
/// on their own, so that waiting stays asynchronous and can be cancelled.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];

    private SqliteDatabase(string path, SqliteConnection connection)
    {
        FilePath = path;
        _connection = connection;
    }

    public string FilePath { get; }

    public sqlite3 Handle => _connection.Handle!;

    /// <summary>Whether a transaction is open on the connection.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    public static SqliteDatabase Open(string path, SqliteOpenMode mode) => Open(path, path, mode);

    /// <summary>Opens a file that nobody writes to: without its log and without locks, so that neither needs a place.</summary>
    public static SqliteDatabase OpenImmutable(string path) => Open(path, $"file:{Uri.EscapeDataString(path)}?immutable=1", SqliteOpenMode.ReadOnly);

    private static SqliteDatabase Open(string path, string source, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_extended_result_codes(connection.Handle!, 1);
            raw.sqlite3_busy_timeout(connection.Handle!, 0);
            return new SqliteDatabase(path, connection);
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw SqliteFailures.From(failure.SqliteExtendedErrorCode, path, "opening");
        }
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(this, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs SQL without results and gives SQLite's result code.</summary>
    public int TryExecute(string sql)
    {
        var code = raw.sqlite3_exec(Handle, sql);
        return code == raw.SQLITE_OK ? code : raw.sqlite3_extended_errcode(Handle);
    }

    public void Execute(string sql, string doing)
    {
        var code = TryExecute(sql);
        if (code != raw.SQLITE_OK)
        {
            throw SqliteFailures.From(code, FilePath, doing);
        }
    }

    /// <summary>The first column of the first row as text; empty when there is no row.</summary>
    public string QueryText(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    public long QueryLong(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}
