using System.Text.Encodings.Web;
using System.Text.Json;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using Npgsql;
using NpgsqlTypes;

namespace AkkaPrivacy.Connectors.Postgres;

/// <summary>The table and its statements.</summary>
internal static class ReleaseTable
{
    private static readonly (string Name, string Type)[] Columns =
    [
        ("release_id", "text"), ("pipeline", "text"), ("query", "text"), ("window_start", "timestamptz"), ("window_end", "timestamptz"),
        ("group_key", "text"), ("value", "numeric"), ("low", "numeric"), ("high", "numeric"),
        ("confidence", "double precision"), ("epsilon", "double precision"), ("delta", "double precision"),
    ];

    private static readonly JsonSerializerOptions KeyOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Makes the table when it is missing and looks at its columns.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="options">Schema and table.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="SinkException">A table of that name has other columns; it was not touched.</exception>
    public static async ValueTask EnsureAsync(NpgsqlConnection connection, PostgresTableOptions options, CancellationToken cancellationToken)
    {
        var found = await ColumnsAsync(connection, options, cancellationToken).ConfigureAwait(false);
        if (found.Count == 0)
        {
            // Only then, since whoever may write need not be allowed to create.
            await CreateAsync(connection, options, cancellationToken).ConfigureAwait(false);
            found = await ColumnsAsync(connection, options, cancellationToken).ConfigureAwait(false);
        }

        if (!found.Order().SequenceEqual(Columns.Select(column => column.Name).Order()))
        {
            throw new SinkException($"Table '{options.Schema}.{options.Table}' has other columns than a table of releases ({string.Join(", ", Columns.Select(column => column.Name))}). It was not touched; name another table. All releases are kept in the store.");
        }
    }

    /// <summary>Inserts or replaces the rows of releases, in one statement.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="options">Schema and table.</param>
    /// <param name="releases">The releases.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async ValueTask UpsertAsync(NpgsqlConnection connection, PostgresTableOptions options, IReadOnlyList<Release> releases, CancellationToken cancellationToken)
    {
        // A statement may touch a row once only.
        var rows = releases.SelectMany(release => release.Groups, (release, group) => (Release: release, Group: group, Id: release.Id.ToString(), Key: JsonSerializer.Serialize(group.Key, KeyOptions)))
            .DistinctBy(row => (row.Id, row.Key)).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        var command = new NpgsqlCommand(UpsertSql(options), connection);
        await using (command.ConfigureAwait(false))
        {
            Add(command, NpgsqlDbType.Text, rows, row => row.Id);
            Add(command, NpgsqlDbType.Text, rows, row => row.Release.Id.Pipeline);
            Add(command, NpgsqlDbType.Text, rows, row => row.Release.Id.Query);
            Add(command, NpgsqlDbType.TimestampTz, rows, row => row.Release.Id.Window.Start.UtcDateTime);
            Add(command, NpgsqlDbType.TimestampTz, rows, row => row.Release.Id.Window.End.UtcDateTime);
            Add(command, NpgsqlDbType.Text, rows, row => row.Key);
            Add(command, NpgsqlDbType.Numeric, rows, row => row.Group.Value);
            Add(command, NpgsqlDbType.Numeric, rows, row => row.Group.Low);
            Add(command, NpgsqlDbType.Numeric, rows, row => row.Group.High);
            Add(command, NpgsqlDbType.Double, rows, row => row.Release.Confidence);
            Add(command, NpgsqlDbType.Double, rows, row => row.Release.Receipt.Cost.Epsilon);
            Add(command, NpgsqlDbType.Double, rows, row => row.Release.Receipt.Cost.Delta);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static void Add<TRow, TValue>(NpgsqlCommand command, NpgsqlDbType type, TRow[] rows, Func<TRow, TValue> value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = Array.ConvertAll(rows, row => value(row)) });

    private static string UpsertSql(PostgresTableOptions options) =>
        $"""
        INSERT INTO {Qualified(options)} ({string.Join(", ", Columns.Select(column => column.Name))})
        SELECT * FROM unnest({string.Join(", ", Columns.Select((column, i) => $"${i + 1}::{column.Type}[]"))})
        ON CONFLICT (release_id, group_key) DO UPDATE SET {string.Join(", ", Columns.Select(column => $"{column.Name} = EXCLUDED.{column.Name}"))}
        """;

    private static async ValueTask<List<string>> ColumnsAsync(NpgsqlConnection connection, PostgresTableOptions options, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";
        var command = new NpgsqlCommand(Sql, connection) { Parameters = { new NpgsqlParameter { Value = Qualified(options) } } };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var found = new List<string>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    found.Add(reader.GetString(0));
                }

                return found;
            }
        }
    }

    private static async ValueTask CreateAsync(NpgsqlConnection connection, PostgresTableOptions options, CancellationToken cancellationToken)
    {
        var columns = string.Join(", ", Columns.Select(column => $"{column.Name} {column.Type} NOT NULL"));
        var command = new NpgsqlCommand($"CREATE TABLE IF NOT EXISTS {Qualified(options)} ({columns}, PRIMARY KEY (release_id, group_key))", connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Qualified(PostgresTableOptions options) => $"\"{options.Schema}\".\"{options.Table}\"";
}
