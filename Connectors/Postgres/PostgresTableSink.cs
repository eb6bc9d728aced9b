using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Npgsql;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AkkaPrivacy.Connectors.Postgres;

/// <summary>Keeps releases in a table of a PostgreSQL database, one row for each group.</summary>
/// <remarks>Rows are replaced by release id and group, so publishing again changes nothing. A release without groups leaves no
/// row. Failures that may pass (no connection, a restart, a deadlock) are tried again until the patience is used up.</remarks>
public sealed class PostgresTableSink : IReleaseSink
{
    private readonly PostgresTableOptions _options;
    private readonly NpgsqlDataSource _server;
    private readonly string _place;
    private readonly ResiliencePipeline _attempts;
    private bool _isChecked;

    /// <summary>A sink for a table; it connects at its first publication.</summary>
    /// <param name="options">Server, table and patience.</param>
    /// <param name="time">The clock of waits. Default: the system's.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the connection cannot be understood.</exception>
    public PostgresTableSink(PostgresTableOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        var connection = ReadConnection(options);
        _place = $"Table '{options.Schema}.{options.Table}' in database '{connection.Database}' at '{connection.Host}:{connection.Port}'";
        _server = NpgsqlDataSource.Create(connection);
        _attempts = new ResiliencePipelineBuilder { TimeProvider = time ?? TimeProvider.System }
            .AddTimeout(options.Patience)
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<NpgsqlException>(failure => failure.IsTransient),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.FirstDelay,
                MaxDelay = TimeSpan.FromSeconds(5),
                OnRetry = retry =>
                {
                    LastFailure = retry.Outcome.Exception;
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <inheritdoc />
    public string Name => _options.Name;

    private Exception? LastFailure { get; set; }

    /// <summary>Writes the releases in one transaction. When it returns, the server has committed them.</summary>
    /// <param name="releases">The releases.</param>
    /// <param name="cancellationToken">Cancels; the transaction is then rolled back or was committed as a whole.</param>
    /// <returns>A task that ends when the rows are there.</returns>
    /// <exception cref="SinkException">The server cannot be reached or refuses, or has another table of that name. Unless the
    /// connection broke during the commit, nothing of these releases was written.</exception>
    public async ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(releases);
        LastFailure = null;
        try
        {
            await _attempts.ExecuteAsync(token => AttemptAsync(releases, token), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException failure)
        {
            throw Failure($"was not written within {_options.Patience.TotalSeconds:0.###} s{(LastFailure is null ? string.Empty : $"; the last attempt: {Describe(LastFailure)}")}", failure);
        }
        catch (NpgsqlException failure)
        {
            throw Failure(Describe(failure), failure);
        }
    }

    /// <summary>Closes the connections.</summary>
    /// <returns>A task that ends when they are closed.</returns>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static NpgsqlConnectionStringBuilder ReadConnection(PostgresTableOptions options)
    {
        try
        {
            // Patience bounds all of an attempt, so that no shorter limit of the driver cuts in.
            var connection = new NpgsqlConnectionStringBuilder(options.Connection)
            {
                ApplicationName = "akkaprivacy",
                CommandTimeout = 0,
                MaxPoolSize = 1,
                MinPoolSize = 0,
                IncludeErrorDetail = false,
            };
            connection.Password = options.Password ?? connection.Password;
            return connection;
        }
        catch (ArgumentException)
        {
            // The exception's own message can quote the password.
            throw new ArgumentException("The connection is not of the form 'Host=...;Database=...;Username=...'.", nameof(options));
        }
    }

    private async ValueTask AttemptAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        var connection = await _server.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            if (!_isChecked)
            {
                await ReleaseTable.EnsureAsync(connection, _options, cancellationToken).ConfigureAwait(false);
                _isChecked = true;
            }

            // One statement is one transaction.
            await ReleaseTable.UpsertAsync(connection, _options, releases, cancellationToken).ConfigureAwait(false);
        }
    }

    private SinkException Failure(string what, Exception cause) =>
        new($"{_place}: {what}. The table keeps what it had; all releases are kept in the store, and the next run publishes those that are missing here.", cause);

    // Messages of the server can quote values; its codes cannot.
    private static string Describe(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } refused => $"the server refused the user or the password (SQLSTATE {refused.SqlState})",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused => $"the user may not do this there (SQLSTATE {refused.SqlState})",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidSchemaName } missing => $"there is no such database or schema (SQLSTATE {missing.SqlState})",
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full => $"the server's disk is full (SQLSTATE {full.SqlState})",
        PostgresException other => $"the server refused (SQLSTATE {other.SqlState})",
        { InnerException: System.Net.Sockets.SocketException socket } => $"the server cannot be reached ({socket.SocketErrorCode})",
        _ => $"the connection failed ({(failure.InnerException ?? failure).GetType().Name})",
    };
}
