using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>Reads a whole file and compares everything with its checksum.</summary>
internal static class SqliteVerification
{
    public static StoreVerification Of(SqliteDatabase database)
    {
        var found = new StoreVerification();
        AddPages(database, found);
        using (var events = new SqliteStatement(database, "SELECT stream, version, type, payload, checksum FROM events"))
        {
            while (events.Step())
            {
                var (stream, version) = (events.Text(0), events.Long(1));
                found.AddEvent(stream, version, events.Long(4) == Checksum.OfEvent(stream, version, events.Text(2), events.Blob(3)));
            }
        }

        using var rows = new SqliteStatement(database, "SELECT tbl, key, value, checksum FROM rows");
        while (rows.Step())
        {
            var table = rows.Text(0);
            found.AddRow(table, rows.Long(3) == Checksum.OfRow(table, rows.Text(1), rows.Blob(2)));
        }

        return found;
    }

    // Names of tables and indices, numbers of pages and rows; no values.
    private static void AddPages(SqliteDatabase database, StoreVerification found)
    {
        using var findings = new SqliteStatement(database, $"PRAGMA integrity_check({StoreVerification.MostPlaces})");
        while (findings.Step())
        {
            var finding = findings.Text(0);
            if (finding != "ok")
            {
                found.AddDamage(new StoreDamage("the file", $"SQLite's integrity check says: {finding.ReplaceLineEndings(" ")}"));
            }
        }
    }
}
