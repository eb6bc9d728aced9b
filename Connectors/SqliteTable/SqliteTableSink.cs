using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.Connectors.SqliteTable;

/// <summary>Keeps releases in a table of a SQLite file, one row for each group, for whoever reads SQL.</summary>
/// <remarks>The file may be the store's own or another one. Rows are replaced by release id and group, so publishing again
/// changes nothing. A release without groups leaves no row.</remarks>
public sealed class SqliteTableSink : IReleaseSink
{
    private readonly SqliteTableOptions _options;
    private SqliteConnection? _connection;

    /// <summary>A sink for a table.</summary>
    /// <param name="options">File, table and patience.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public SqliteTableSink(SqliteTableOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <inheritdoc />
    public string Name => _options.Name;

    /// <summary>Writes the releases in one transaction. When it returns, the rows are on disk.</summary>
    /// <param name="releases">The releases.</param>
    /// <param name="cancellationToken">Cancels before the transaction starts.</param>
    /// <returns>A task that ends when the rows are there.</returns>
    /// <exception cref="SinkException">The file cannot be opened, is locked, full or damaged, or has another table of that
    /// name. Nothing of these releases was written.</exception>
    public ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(releases);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _connection ??= ReleaseTable.Open(_options);
            using var transaction = _connection.BeginTransaction(deferred: false);
            ReleaseTable.Upsert(_connection, transaction, _options.Table, releases);
            transaction.Commit();
        }
        catch (SqliteException failure)
        {
            throw new SinkException($"Table '{_options.Table}' in '{_options.Path}': {Describe(failure)} (SQLite code {failure.SqliteExtendedErrorCode}). The table keeps what it had; all releases are kept in the store, and the next run publishes those that are missing here.", failure);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the file.</summary>
    /// <returns>A task that ends when it is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
            _connection = null;
        }
    }

    private string Describe(SqliteException failure) => failure.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => $"another process held the file for {_options.BusyTimeout.TotalSeconds:0.###} s",
        SQLitePCL.raw.SQLITE_FULL => "the disk is full",
        SQLitePCL.raw.SQLITE_READONLY => "the file may only be read",
        SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => "the file is damaged or no SQLite database",
        SQLitePCL.raw.SQLITE_CANTOPEN => $"the file cannot be opened; check that directory '{Path.GetDirectoryName(Path.GetFullPath(_options.Path))}' exists",
        _ => "the rows cannot be written",
    };
}
