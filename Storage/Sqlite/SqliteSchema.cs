using AkkaPrivacy.Engine.Ports;
using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>The layout of the file, how it is created and how it is told from other files.</summary>
internal static class SqliteSchema
{
    /// <summary>"AkPv" in the header's application id.</summary>
    public const int ApplicationId = 0x416B5076;

    /// <summary>The newest layout that this version reads and writes, in the header's user version.</summary>
    public const int Version = 1;

    /// <summary>The size of a page of the file.</summary>
    public const int PageBytes = 4096;

    // Text compares by its UTF-8 bytes (collation BINARY). Payloads and values carry a checksum because SQLite
    // itself does not notice a flipped bit inside them.
    private static readonly string Create = $"""
        PRAGMA encoding = 'UTF-8';
        PRAGMA page_size = {PageBytes};
        BEGIN IMMEDIATE;
        CREATE TABLE events (
          stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, payload BLOB NOT NULL, checksum INTEGER NOT NULL,
          PRIMARY KEY (stream, version)) WITHOUT ROWID;
        CREATE TABLE rows (
          tbl TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, checksum INTEGER NOT NULL,
          PRIMARY KEY (tbl, key)) WITHOUT ROWID;
        CREATE TABLE epochs (resource TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
        PRAGMA application_id = {ApplicationId};
        PRAGMA user_version = {Version};
        COMMIT;
        """;

    /// <summary>
    /// Creates the file whole or not at all: it is built under another name and linked into place, so an empty or
    /// half-made file at the path is always damage and never a start. Otherwise a truncated ledger would look like
    /// a new one and give out its budget again.
    /// </summary>
    public static void CreateFile(string path)
    {
        var partial = path + ".creating-" + Path.GetRandomFileName();
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(partial, options).Dispose();
            using (var database = SqliteDatabase.Open(partial, SqliteOpenMode.ReadWrite))
            {
                database.Execute(Create, "creating the tables");
            }

            File.Move(partial, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process created it at the same moment; theirs is as good as ours.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreFailure.Unavailable,
                $"Store '{path}' cannot be created: {failure.GetType().Name}. Check that directory '{Path.GetDirectoryName(Path.GetFullPath(path))}' exists and may be written to.",
                failure);
        }
        finally
        {
            if (File.Exists(partial))
            {
                File.Delete(partial);
            }
        }
    }

    /// <summary>Refuses a file that is not ours, is newer than this version, or is damaged.</summary>
    public static void Check(SqliteDatabase database, long checkUpToBytes)
    {
        var path = database.FilePath;
        var application = database.QueryLong("PRAGMA application_id");
        if (application != ApplicationId)
        {
            throw SqliteFailures.Corrupt(path, $"the file is no store but a SQLite database of another program (application id {application}, expected {ApplicationId}). It was not touched; name another path.");
        }

        var version = database.QueryLong("PRAGMA user_version");
        if (version > Version)
        {
            throw SqliteFailures.Corrupt(path, $"the file has schema version {version}, written by a newer release; this one reads up to {Version}. It was not touched; upgrade this program.");
        }

        if (new FileInfo(path).Length <= checkUpToBytes)
        {
            CheckPages(database);
        }
    }

    private static void CheckPages(SqliteDatabase database)
    {
        var finding = database.QueryText("PRAGMA quick_check(1)");
        if (finding != "ok")
        {
            throw SqliteFailures.Corrupt(database.FilePath, "the file fails SQLite's integrity check. Keep a copy of it with its -wal, then restore a backup.");
        }
    }
}
