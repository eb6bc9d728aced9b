using AkkaPrivacy.Engine.Ports;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>
/// The store port on one SQLite file: write-ahead log, fsync at every commit, one writer at a time over all
/// processes of the machine.
/// </summary>
/// <remarks>Safe to call from several threads; transactions of one store run one after the other. After a failed
/// transaction the store stays usable.</remarks>
public sealed class SqliteStore : IVerifiableStore
{
    private static readonly TimeSpan LongestNap = TimeSpan.FromMilliseconds(25);
    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly SqliteDatabase _database;
    private readonly SqliteStatements _statements;
    private readonly SqliteCheckpointer _checkpointer;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly NestedTransactionGuard _guard = new();
    private bool _disposed;
    private bool _broken;

    private SqliteStore(SqliteStoreOptions options, TimeProvider time, SqliteDatabase database, SqliteStatements statements)
    {
        _options = options;
        _time = time;
        _database = database;
        _statements = statements;
        _checkpointer = new SqliteCheckpointer(options.Path);
    }

    /// <summary>Opens the store, creates its file if allowed, and checks that it is whole.</summary>
    /// <param name="options">Where the file is and how to wait.</param>
    /// <param name="time">The clock for waits; null takes the system's.</param>
    /// <param name="cancellationToken">Cancels the wait for another process.</param>
    /// <returns>The open store.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="StoreException">The file is locked, damaged, of another program, of a newer version, or
    /// cannot be opened.</exception>
    public static async ValueTask<SqliteStore> OpenAsync(
        SqliteStoreOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        options = options with { Path = Path.GetFullPath(options.Path) };
        time ??= TimeProvider.System;
        SqliteFile.Prepare(options);
        try
        {
            return await OpenAsync(options, time, SqliteDatabase.Open(options.Path, options.ReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite), cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException failure) when (failure.Failure == StoreFailure.Unavailable && SqliteFile.IsAtRest(options))
        {
            return await OpenAsync(options, time, SqliteDatabase.OpenImmutable(options.Path), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async ValueTask<T> TransactAsync<T>(Func<IStoreTransaction, ValueTask<T>> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var scope = _guard.Enter();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CheckUsable();
            await WhenFreeAsync(Begin, _options, _time, cancellationToken).ConfigureAwait(false);
            return await RunAsync(work).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public ValueTask<StoreVerification> VerifyAsync(CancellationToken cancellationToken = default) =>
        TransactAsync(transaction => ValueTask.FromResult(((SqliteTransaction)transaction).Verify()), cancellationToken);

    /// <summary>Closes the file after the transaction that runs.</summary>
    /// <returns>A task that ends when the file is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                await _checkpointer.DisposeAsync().ConfigureAwait(false);
                _database.Dispose();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async ValueTask<SqliteStore> OpenAsync(SqliteStoreOptions options, TimeProvider time, SqliteDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            await WhenFreeAsync(() => SqliteFile.Configure(database, options), options, time, cancellationToken).ConfigureAwait(false);
            return new SqliteStore(options, time, database, new SqliteStatements(database));
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static async ValueTask WhenFreeAsync(Action attempt, SqliteStoreOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var nap = TimeSpan.FromMilliseconds(1); ; nap = nap < LongestNap ? nap * 2 : LongestNap)
        {
            try
            {
                attempt();
                return;
            }
            catch (StoreException failure) when (failure.Failure == StoreFailure.Locked && time.GetElapsedTime(start) < options.BusyTimeout)
            {
                await Task.Delay(nap, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Begin() => _database.Execute(_options.ReadOnly ? "BEGIN" : "BEGIN IMMEDIATE", "starting a transaction");

    private async ValueTask<T> RunAsync<T>(Func<IStoreTransaction, ValueTask<T>> work)
    {
        var transaction = new SqliteTransaction(_database, _statements);
        try
        {
            var result = await work(transaction).ConfigureAwait(false);
            transaction.ThrowIfDoomed();
            Commit();
            return result;
        }
        finally
        {
            transaction.End();
            RollBackIfOpen();
        }
    }

    private void Commit()
    {
        var code = _database.TryExecute("COMMIT");
        if (code != raw.SQLITE_OK)
        {
            throw SqliteFailures.FromCommit(code, _options.Path);
        }

        if (!_options.ReadOnly)
        {
            _checkpointer.AfterCommit(raw.sqlite3_total_changes(_database.Handle));
        }
    }

    private void RollBackIfOpen()
    {
        // A rollback can report the failure that caused it; only whether a transaction is still open matters.
        if (_database.InTransaction && _database.TryExecute("ROLLBACK") != raw.SQLITE_OK && _database.InTransaction)
        {
            _broken = true;
        }
    }

    private void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_broken)
        {
            throw new StoreException(StoreFailure.Unavailable, $"Store '{_options.Path}': an earlier rollback failed, so nothing more is written through this connection. Restart this process and check the disk.");
        }
    }
}
