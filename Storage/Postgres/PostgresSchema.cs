using AkkaPrivacy.Engine.Ports;
using Npgsql;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>The layout of the tables, how they are created, brought up to date and told from others.</summary>
internal static class PostgresSchema
{
    /// <summary>The newest layout that this version reads and writes, in table <c>store</c>.</summary>
    public const int Version = 1;

    /// <summary>What table <c>store</c> says of its product.</summary>
    public const string Product = "akkaprivacy";

    // The step at index i leads from version i to i + 1; a step that was released is never changed.
    private static readonly string[] Steps =
    [
        """
        CREATE SCHEMA IF NOT EXISTS "{0}";
        CREATE TABLE "{0}".store (product text NOT NULL, version integer NOT NULL, one boolean PRIMARY KEY DEFAULT true CHECK (one));
        INSERT INTO "{0}".store (product, version) VALUES ('akkaprivacy', 1);
        CREATE TABLE "{0}".events (
          stream bytea NOT NULL, version bigint NOT NULL, type text NOT NULL, payload bytea NOT NULL, checksum bigint NOT NULL,
          PRIMARY KEY (stream, version));
        CREATE TABLE "{0}".rows (
          tbl bytea NOT NULL, head bytea NOT NULL, tail_hash bytea NOT NULL, tail bytea NOT NULL, value bytea NOT NULL, checksum bigint NOT NULL,
          PRIMARY KEY (tbl, head, tail_hash));
        CREATE TABLE "{0}".epochs (resource bytea PRIMARY KEY, epoch bigint NOT NULL);
        """,
    ];

    private static readonly string[] Tables = ["epochs", "events", "rows", "store"];

    /// <summary>Creates the tables, brings them up to date, or refuses them, in a transaction that holds the store's
    /// lock: of several processes that start together, one does it.</summary>
    /// <exception cref="StoreException">The schema holds something else, or a newer layout, or may not be created.</exception>
    public static async ValueTask EnsureAsync(NpgsqlConnection connection, PostgresServer server)
    {
        var found = await TablesAsync(connection, server.Options.Schema).ConfigureAwait(false);
        var version = found.Count == 0 ? 0 : await VersionAsync(connection, server, found).ConfigureAwait(false);
        if (version == 0 && !server.Options.CreateIfMissing)
        {
            throw new StoreException(StoreFailure.Unavailable, $"Store in {server.Name}: there is no store, and it may not be created here. Check the schema's name.");
        }

        for (var step = version; step < Version; step++)
        {
            using var command = new NpgsqlCommand(Steps[step].Replace("{0}", server.Options.Schema, StringComparison.Ordinal), connection);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Refuses another layout than this version's.</summary>
    public static void Check(int version, PostgresServer server)
    {
        if (version != Version)
        {
            throw PostgresFailures.Corrupt(server.Name, $"the tables have schema version {version}; this release reads and writes {Version}. They were not touched; {(version > Version ? "upgrade this program" : "start it anew, so that it brings them up to date")}.");
        }
    }

    private static async ValueTask<HashSet<string>> TablesAsync(NpgsqlConnection connection, string schema)
    {
        using var command = new NpgsqlCommand(
            "SELECT c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
        using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    // A schema with some of the tables is damage, never a start: a store that lost one would give its budget out again.
    private static async ValueTask<int> VersionAsync(NpgsqlConnection connection, PostgresServer server, HashSet<string> found)
    {
        if (!found.IsSupersetOf(Tables))
        {
            throw PostgresFailures.Corrupt(server.Name, $"the schema holds tables, but not all of a store: {string.Join(", ", Tables.Where(table => !found.Contains(table)))} missing. Nothing was touched. Name another schema; if this was a store, keep a copy and restore a backup.");
        }

        using var command = new NpgsqlCommand($"""SELECT version, product FROM "{server.Options.Schema}".store""", connection);
        using var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        if (!await reader.ReadAsync().ConfigureAwait(false) || reader.GetString(1) != Product || reader.GetInt32(0) < 1)
        {
            throw PostgresFailures.Corrupt(server.Name, "its table 'store' does not name this product. Nothing was touched; name another schema, or restore a backup.");
        }

        var version = reader.GetInt32(0);
        if (version > Version)
        {
            Check(version, server);
        }

        return version;
    }
}
