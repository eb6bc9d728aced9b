namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>The statements of a connection, prepared once when it opens.</summary>
internal sealed class SqliteStatements(SqliteDatabase database)
{
    public SqliteStatement ReadStream { get; } = database.Prepare(
        "SELECT version, type, payload, checksum FROM events WHERE stream = ?1 AND version > ?2 ORDER BY version LIMIT ?3");

    public SqliteStatement StreamVersion { get; } = database.Prepare("SELECT max(version) FROM events WHERE stream = ?1");

    public SqliteStatement Append { get; } = database.Prepare(
        "INSERT INTO events (stream, version, type, payload, checksum) VALUES (?1, ?2, ?3, ?4, ?5)");

    public SqliteStatement Get { get; } = database.Prepare("SELECT value, checksum FROM rows WHERE tbl = ?1 AND key = ?2");

    public SqliteStatement Put { get; } = database.Prepare(
        "INSERT INTO rows (tbl, key, value, checksum) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (tbl, key) DO UPDATE SET value = ?3, checksum = ?4");

    public SqliteStatement Delete { get; } = database.Prepare("DELETE FROM rows WHERE tbl = ?1 AND key = ?2");

    // Two bounds below and one above, each a plain comparison with the primary key, so that a scan is one range.
    public SqliteStatement Scan { get; } = database.Prepare(
        "SELECT key, value, checksum FROM rows WHERE tbl = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4");

    public SqliteStatement ScanOpen { get; } = database.Prepare(
        "SELECT key, value, checksum FROM rows WHERE tbl = ?1 AND key >= ?2 ORDER BY key LIMIT ?3");

    public SqliteStatement ScanAfter { get; } = database.Prepare(
        "SELECT key, value, checksum FROM rows WHERE tbl = ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4");

    public SqliteStatement ScanAfterOpen { get; } = database.Prepare(
        "SELECT key, value, checksum FROM rows WHERE tbl = ?1 AND key > ?2 ORDER BY key LIMIT ?3");

    public SqliteStatement Epoch { get; } = database.Prepare("SELECT epoch FROM epochs WHERE resource = ?1");

    public SqliteStatement RaiseEpoch { get; } = database.Prepare(
        "INSERT INTO epochs (resource, epoch) VALUES (?1, 1) ON CONFLICT (resource) DO UPDATE SET epoch = epoch + 1 RETURNING epoch");
}
