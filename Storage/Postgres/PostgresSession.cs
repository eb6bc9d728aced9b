using System.Globalization;
using AkkaPrivacy.Engine.Ports;
using Npgsql;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>One connection and the transaction that is open on it.</summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly NpgsqlConnection _connection;
    private NpgsqlTransaction? _open;

    private PostgresSession(PostgresServer server, NpgsqlConnection connection)
    {
        _server = server;
        _connection = connection;
    }

    /// <summary>Whether the connection can carry another transaction.</summary>
    public bool IsUsable => _open is null && _connection.State == System.Data.ConnectionState.Open;

    public NpgsqlConnection Connection => _connection;

    /// <summary>Connects and sets the connection up.</summary>
    public static async ValueTask<PostgresSession> ConnectAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        var connection = server.CreateConnection();
        var session = new PostgresSession(server, connection);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await session.SetUpAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts a transaction, waits for the store's lock, and with <paramref name="check"/> sees that the layout is
    /// this version's.</summary>
    /// <remarks>Each statement of a transaction sees what was committed when it starts, and the lock goes only after a commit can be
    /// seen. So whoever holds the lock sees all earlier transactions, and no other transaction runs.</remarks>
    public async ValueTask BeginAsync(bool check, CancellationToken cancellationToken)
    {
        _open = await _connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        using var batch = new NpgsqlBatch(_connection) { Timeout = (int)Math.Ceiling((_server.Options.BusyTimeout + _server.Options.AnswerTimeout).TotalSeconds) };
        batch.BatchCommands.Add(new NpgsqlBatchCommand(_server.Sql.TakeLock) { Parameters = { new NpgsqlParameter<long> { TypedValue = _server.Sql.Lock } } });
        if (check)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(_server.Sql.Version));
        }

        using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        if (check && await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            PostgresSchema.Check(await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? reader.GetInt32(0) : 0, _server);
        }
    }

    /// <summary>Commits; a failure says whether the outcome is known.</summary>
    public async ValueTask CommitAsync()
    {
        try
        {
            await _open!.CommitAsync().ConfigureAwait(false);
            _open = null;
        }
        catch (Exception failure) when (PostgresFailures.IsOfStore(failure))
        {
            throw PostgresFailures.FromCommit(failure, _server.Name);
        }
    }

    /// <summary>Rolls back what is open. Where that fails the connection is of no more use; closing it makes the server roll
    /// back.</summary>
    public async ValueTask RollBackAsync()
    {
        if (_open is not { } open)
        {
            return;
        }

        try
        {
            await open.RollbackAsync().ConfigureAwait(false);
            _open = null;
        }
        catch (Exception failure) when (PostgresFailures.IsOfStore(failure) || failure is ObjectDisposedException or InvalidOperationException)
        {
            await _connection.CloseAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async ValueTask SetUpAsync(CancellationToken cancellationToken)
    {
        // A lock timeout of 0 would wait for ever. The server notices a partitioned client by keep-alives, within a minute.
        var busy = Math.Max(1, (long)_server.Options.BusyTimeout.TotalMilliseconds);
        using var batch = new NpgsqlBatch(_connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand($"SET lock_timeout = {busy.ToString(CultureInfo.InvariantCulture)}"),
                new NpgsqlBatchCommand("SET tcp_keepalives_idle = 30"),
                new NpgsqlBatchCommand("SET tcp_keepalives_interval = 10"),
                new NpgsqlBatchCommand("SET tcp_keepalives_count = 3"),
                // Without it a commit could be lost that was confirmed, and with it a charge.
                new NpgsqlBatchCommand("SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false), current_setting('server_encoding'), current_setting('server_version_num')::integer"),
            },
        };
        using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (reader.FieldCount == 0 && await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
            // SET gives no rows.
        }

        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (reader.GetString(1) != "UTF8" || reader.GetInt32(2) < 130_000)
        {
            throw new StoreException(StoreFailure.Unavailable, $"Store in {_server.Name}: the server has version {reader.GetInt32(2)} and the database encoding {reader.GetString(1)}. Use PostgreSQL 13 or newer and a database in UTF8.");
        }
    }
}
