using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Postgres;
using AkkaPrivacy.Storage.Sqlite;
using Npgsql;

namespace AkkaPrivacy.LoadTests.Compare.Ledger;

/// <summary>Where a contender's store is: a file or a schema of its own, gone when it is disposed of.</summary>
internal abstract class LedgerPlace : IAsyncDisposable
{
    /// <summary>Which store, for reports.</summary>
    public abstract string Store { get; }

    /// <summary>A new file.</summary>
    public static LedgerPlace Sqlite() => new SqlitePlace();

    /// <summary>A new schema.</summary>
    /// <param name="connection">The server.</param>
    public static LedgerPlace Postgres(string connection) => new PostgresPlace(connection);

    /// <summary>Opens the store, the first time by making it.</summary>
    public abstract ValueTask<IStore> OpenAsync();

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();

    private sealed class SqlitePlace : LedgerPlace
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akkaprivacy-compare-ledger-");

        public override string Store => "sqlite";

        public override async ValueTask<IStore> OpenAsync() =>
            await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(_directory.FullName, "store.db"), CheckUpToBytes = 0 }).ConfigureAwait(false);

        public override ValueTask DisposeAsync()
        {
            _directory.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PostgresPlace(string connection) : LedgerPlace
    {
        private readonly string _schema = $"compare_{Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal)}";

        public override string Store => "postgresql";

        public override async ValueTask<IStore> OpenAsync() =>
            await PostgresStore.OpenAsync(new PostgresStoreOptions { Connection = connection, Schema = _schema, BusyTimeout = TimeSpan.FromSeconds(60) }).ConfigureAwait(false);

        public override async ValueTask DisposeAsync()
        {
            await using var source = NpgsqlDataSource.Create(connection);
            await using var command = source.CreateCommand($"DROP SCHEMA IF EXISTS \"{_schema}\" CASCADE");
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }
}
