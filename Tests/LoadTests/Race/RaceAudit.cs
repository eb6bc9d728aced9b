using AkkaPrivacy.Tests.Storage.Postgres;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace AkkaPrivacy.Tests.LoadTests.Race;

/// <summary>What a store holds after a race, read with plain SQL and none of the product's code.</summary>
/// <param name="Charges">Release and loss of each charge of the account.</param>
/// <param name="ChargesAbove">The same of the account above it.</param>
/// <param name="Releases">Id and value of each stored release.</param>
/// <param name="Outbox">The release of each outbox entry.</param>
internal sealed record RaceAudit(
    IReadOnlyList<(string Release, long Loss)> Charges,
    IReadOnlyList<(string Release, long Loss)> ChargesAbove,
    IReadOnlyList<(string Release, string Value)> Releases,
    IReadOnlyList<string> Outbox)
{
    public static RaceAudit OfSqlite(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        List<T> Read<T>(string sql, Func<SqliteDataReader, T> row)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(row(reader));
            }

            return rows;
        }

        List<(string, long)> Charges(string stream) => Read(
            $"SELECT json_extract(CAST(payload AS TEXT), '$.release'), json_extract(CAST(payload AS TEXT), '$.loss') FROM events WHERE stream = '{stream}' AND type LIKE 'charged/%'",
            row => (row.GetString(0), row.GetInt64(1)));
        return new RaceAudit(
            Charges("ledger/race/account"),
            Charges("ledger/race"),
            Read("SELECT key, json_extract(CAST(value AS TEXT), '$.groups[0].value') FROM rows WHERE tbl = 'releases'", row => (row.GetString(0), row.GetString(1))),
            Read("SELECT CAST(value AS TEXT) FROM rows WHERE tbl = 'outbox' ORDER BY key", row => row.GetString(0)));
    }

    public static RaceAudit OfPostgres(string schema)
    {
        using var connection = PostgresPlace.Connect();
        List<T> Read<T>(string sql, Func<NpgsqlDataReader, T> row)
        {
            using var command = new NpgsqlCommand(sql, connection);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(row(reader));
            }

            return rows;
        }

        List<(string, long)> Charges(string stream) => Read(
            $"""SELECT j->>'release', (j->>'loss')::bigint FROM (SELECT convert_from(payload, 'UTF8')::json AS j FROM "{schema}".events WHERE stream = convert_to('{stream}', 'UTF8') AND type LIKE 'charged/%') AS charges""",
            row => (row.GetString(0), row.GetInt64(1)));
        return new RaceAudit(
            Charges("ledger/race/account"),
            Charges("ledger/race"),
            Read($"""SELECT convert_from(head, 'UTF8'), convert_from(value, 'UTF8')::json->'groups'->0->>'value' FROM "{schema}".rows WHERE tbl = convert_to('releases', 'UTF8')""", row => (row.GetString(0), row.GetString(1))),
            Read($"""SELECT convert_from(value, 'UTF8') FROM "{schema}".rows WHERE tbl = convert_to('outbox', 'UTF8') ORDER BY head""", row => row.GetString(0)));
    }
}
