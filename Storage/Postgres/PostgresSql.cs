using System.IO.Hashing;
using System.Text;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>The statements of a store in one schema.</summary>
/// <remarks>Keys are compared as bytes in two parts (<see cref="PostgresKey"/>): <c>head</c> is in the index, so a scan is one
/// range of it, and <c>tail</c> orders the few keys whose heads are equal.</remarks>
internal sealed class PostgresSql(string schema)
{
    /// <summary>The schema's name.</summary>
    public string Schema { get; } = schema;

    /// <summary>The advisory lock of the store's transactions, within its database.</summary>
    public long Lock { get; } = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"akkaprivacy/store/{schema}"));

    public string TakeLock { get; } = "SELECT pg_advisory_xact_lock($1)";

    public string Version { get; } = $"""SELECT version FROM "{schema}".store""";

    public string ReadStream { get; } =
        $"""SELECT version, type, payload, checksum FROM "{schema}".events WHERE stream = $1 AND version > $2 ORDER BY version LIMIT $3""";

    public string StreamVersion { get; } = $"""SELECT coalesce(max(version), 0) FROM "{schema}".events WHERE stream = $1""";

    public string Append { get; } =
        $"""
        INSERT INTO "{schema}".events (stream, version, type, payload, checksum)
        SELECT $1, item.version, item.type, item.payload, item.checksum
        FROM unnest($3::bigint[], $4::text[], $5::bytea[], $6::bigint[]) AS item (version, type, payload, checksum)
        WHERE (SELECT coalesce(max(version), 0) FROM "{schema}".events WHERE stream = $1) = $2
        """;

    // Beside a lateral join with a limit the planner has no choice but the index, whatever it believes of the tables' sizes.
    public string ReadStreams { get; } =
        $"""
        SELECT place.n, item.version, item.type, item.payload, item.checksum
        FROM unnest($1::bytea[], $2::bigint[]) WITH ORDINALITY AS place (stream, after, n)
        CROSS JOIN LATERAL (
          SELECT version, type, payload, checksum FROM "{schema}".events
          WHERE stream = place.stream AND version > place.after ORDER BY version LIMIT $3) AS item
        ORDER BY place.n, item.version
        """;

    public string OtherVersion { get; } =
        $"""
        SELECT head.n, head.found FROM (
          SELECT place.n, place.expected, coalesce((SELECT max(version) FROM "{schema}".events WHERE stream = place.stream), 0) AS found
          FROM unnest($1::bytea[], $2::bigint[]) WITH ORDINALITY AS place (stream, expected, n)) AS head
        WHERE head.found <> head.expected ORDER BY head.n LIMIT 1
        """;

    public string AppendMany { get; } =
        $"""
        INSERT INTO "{schema}".events (stream, version, type, payload, checksum)
        SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::text[], $4::bytea[], $5::bigint[])
        """;

    public string GetMany { get; } =
        $"""
        SELECT place.n, item.value, item.checksum
        FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS place (head, tail_hash, n)
        CROSS JOIN LATERAL (
          SELECT value, checksum FROM "{schema}".rows
          WHERE tbl = $1 AND head = place.head AND tail_hash = place.tail_hash LIMIT 1) AS item
        """;

    public string PutMany { get; } =
        $"""
        INSERT INTO "{schema}".rows (tbl, head, tail_hash, tail, value, checksum)
        SELECT $1, * FROM unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bigint[])
        ON CONFLICT (tbl, head, tail_hash) DO UPDATE SET value = excluded.value, checksum = excluded.checksum
        """;

    public string Get { get; } = $"""SELECT value, checksum FROM "{schema}".rows WHERE tbl = $1 AND head = $2 AND tail_hash = $3""";

    public string Put { get; } =
        $"""
        INSERT INTO "{schema}".rows (tbl, head, tail_hash, tail, value, checksum) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tbl, head, tail_hash) DO UPDATE SET value = excluded.value, checksum = excluded.checksum
        """;

    public string Delete { get; } = $"""DELETE FROM "{schema}".rows WHERE tbl = $1 AND head = $2 AND tail_hash = $3""";

    public string AllEvents { get; } = $"""SELECT stream, version, type, payload, checksum FROM "{schema}".events""";

    public string AllRows { get; } = $"""SELECT tbl, head, tail, value, checksum FROM "{schema}".rows""";

    public string Epoch { get; } = $"""SELECT epoch FROM "{schema}".epochs WHERE resource = $1""";

    public string RaiseEpoch { get; } =
        $"""
        INSERT INTO "{schema}".epochs AS held (resource, epoch) VALUES ($1, 1)
        ON CONFLICT (resource) DO UPDATE SET epoch = held.epoch + 1 RETURNING epoch
        """;

    private string ScanFrom { get; } = $"""SELECT head, tail, value, checksum FROM "{schema}".rows WHERE tbl = $1 AND head >= $2 AND (head > $2 OR tail""";

    /// <summary>A scan of a table: parameters are the table, the lower bound's head and tail, the limit, and, unless it is
    /// open above, the upper bound's head and tail, which are excluded.</summary>
    /// <param name="after">Whether the lower bound itself is excluded.</param>
    /// <param name="open">Whether there is no upper bound.</param>
    public string Scan(bool after, bool open) =>
        $"{ScanFrom} {(after ? ">" : ">=")} $3) {(open ? "" : "AND head <= $5 AND (head < $5 OR tail < $6) ")}ORDER BY head, tail LIMIT $4";
}
