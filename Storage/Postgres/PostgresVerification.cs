using System.Text;
using AkkaPrivacy.Engine.Ports;
using Npgsql;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>Reads a whole schema and compares everything with its checksum.</summary>
internal static class PostgresVerification
{
    public static async ValueTask<StoreVerification> OfAsync(NpgsqlConnection connection, PostgresSql sql)
    {
        var found = new StoreVerification();
        using (var command = new NpgsqlCommand(sql.AllEvents, connection))
        {
            using var events = await command.ExecuteReaderAsync().ConfigureAwait(false);
            while (await events.ReadAsync().ConfigureAwait(false))
            {
                var (stream, version) = (Name(events.GetFieldValue<byte[]>(0)), events.GetInt64(1));
                found.AddEvent(stream, version, stream is not null && events.GetInt64(4) == Checksum.OfEvent(stream, version, events.GetString(2), events.GetFieldValue<byte[]>(3)));
            }
        }

        using var second = new NpgsqlCommand(sql.AllRows, connection);
        using var rows = await second.ExecuteReaderAsync().ConfigureAwait(false);
        while (await rows.ReadAsync().ConfigureAwait(false))
        {
            var (table, key) = (Name(rows.GetFieldValue<byte[]>(0)), PostgresKey.Text(rows.GetFieldValue<byte[]>(1), rows.GetFieldValue<byte[]>(2)));
            found.AddRow(table, table is not null && rows.GetInt64(4) == Checksum.OfRow(table, key, rows.GetFieldValue<byte[]>(3)));
        }

        return found;
    }

    // A long name is kept as a hash behind a zero byte.
    private static string? Name(byte[] bytes) => bytes is [0, ..] ? null : Encoding.UTF8.GetString(bytes);
}
