using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>
/// The store port in a schema of a PostgreSQL database, for any number of processes on any number of machines.
/// </summary>
/// <remarks>One transaction runs at a time over all processes, in the order in which they ask the server for its advisory
/// lock. So nothing is ever rolled back for the sake of another transaction, and the work of a transaction is never repeated: it may
/// draw noise. A lost connection is made anew by the next transaction. Safe to call from several threads.</remarks>
public sealed class PostgresStore : IVerifiableStore
{
    private const int MaxAttempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private readonly PostgresServer _server;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly NestedTransactionGuard _guard = new();
    private PostgresSession? _session;
    private bool _disposed;

    private PostgresStore(PostgresServer server, TimeProvider time)
    {
        _server = server;
        _time = time;
    }

    /// <summary>Connects, creates the tables if allowed or brings them up to date, and checks that they are a store's.</summary>
    /// <param name="options">Where the store is and how to wait.</param>
    /// <param name="time">The clock for waits; null takes the system's.</param>
    /// <param name="cancellationToken">Cancels the wait for the server or for another process.</param>
    /// <returns>The open store.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="StoreException">The server cannot be reached or refuses, the schema belongs to another program, is
    /// of a newer version or is damaged.</exception>
    public static async ValueTask<PostgresStore> OpenAsync(
        PostgresStoreOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var store = new PostgresStore(new PostgresServer(options), time ?? TimeProvider.System);
        try
        {
            var session = await store.BeginAsync(check: false, cancellationToken).ConfigureAwait(false);
            try
            {
                await store.EnsureAsync(session).ConfigureAwait(false);
            }
            finally
            {
                await session.RollBackAsync().ConfigureAwait(false);
            }

            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
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
            ObjectDisposedException.ThrowIf(_disposed, this);
            var session = await BeginAsync(check: true, cancellationToken).ConfigureAwait(false);
            return await RunAsync(session, work).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public ValueTask<StoreVerification> VerifyAsync(CancellationToken cancellationToken = default) =>
        TransactAsync(transaction => ((PostgresTransaction)transaction).VerifyAsync(), cancellationToken);

    /// <summary>Closes the connection after the transaction that runs.</summary>
    /// <returns>A task that ends when it is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                await DropSessionAsync().ConfigureAwait(false);
                await _server.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async ValueTask<T> RunAsync<T>(PostgresSession session, PostgresTransaction transaction, Func<IStoreTransaction, ValueTask<T>> work)
    {
        var result = await work(transaction).ConfigureAwait(false);
        transaction.ThrowIfDoomed();
        await session.CommitAsync().ConfigureAwait(false);
        return result;
    }

    private async ValueTask<T> RunAsync<T>(PostgresSession session, Func<IStoreTransaction, ValueTask<T>> work)
    {
        var transaction = new PostgresTransaction(session.Connection, _server);
        try
        {
            return await RunAsync(session, transaction, work).ConfigureAwait(false);
        }
        finally
        {
            transaction.End();
            await session.RollBackAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask EnsureAsync(PostgresSession session)
    {
        try
        {
            await PostgresSchema.EnsureAsync(session.Connection, _server).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgresFailures.IsOfStore(failure))
        {
            throw PostgresFailures.From(failure, _server.Name, "preparing its tables");
        }

        await session.CommitAsync().ConfigureAwait(false);
    }

    // No work has run yet, so that what may pass is tried again.
    private async ValueTask<PostgresSession> BeginAsync(bool check, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AttemptAsync(check, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (attempt < MaxAttempts && PostgresFailures.MayPass(failure))
            {
                await Task.Delay(FirstPause * (1 << attempt), _time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (PostgresFailures.IsOfStore(failure))
            {
                throw PostgresFailures.From(failure, _server.Name, "starting a transaction");
            }
        }
    }

    private async ValueTask<PostgresSession> AttemptAsync(bool check, CancellationToken cancellationToken)
    {
        if (_session is not { IsUsable: true })
        {
            await DropSessionAsync().ConfigureAwait(false);
            _session = await PostgresSession.ConnectAsync(_server, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await _session.BeginAsync(check, cancellationToken).ConfigureAwait(false);
            return _session;
        }
        catch
        {
            await _session.RollBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask DropSessionAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }
}
