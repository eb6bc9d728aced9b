using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>What happens to the file before the first transaction.</summary>
internal static class SqliteFile
{
    /// <summary>Creates a missing file if allowed and refuses one that SQLite would take for a new database.</summary>
    public static void Prepare(SqliteStoreOptions options)
    {
        var path = options.Path;
        if (Directory.Exists(path))
        {
            throw new StoreException(StoreFailure.Unavailable, $"Store '{path}' is a directory. Name a file in it.");
        }

        var file = new FileInfo(path);
        if (file.Exists)
        {
            RefuseTruncated(file);
            return;
        }

        if (options.ReadOnly || !options.CreateIfMissing)
        {
            throw new StoreException(StoreFailure.Unavailable, $"Store '{path}' does not exist, and it may not be created here. Check the path.");
        }

        RefuseOrphanedLog(path);
        SqliteSchema.CreateFile(path);
    }

    /// <summary>Checks the file and sets up the connection; throws with <see cref="StoreFailure.Locked"/> when
    /// another process is in the way, after which it can be called again.</summary>
    public static void Configure(SqliteDatabase database, SqliteStoreOptions options)
    {
        SqliteSchema.Check(database, options.CheckUpToBytes);
        if (options.ReadOnly)
        {
            return;
        }

        if (database.QueryText("PRAGMA journal_mode = WAL") != "wal")
        {
            throw new StoreException(StoreFailure.Unavailable, $"Store '{options.Path}': this file system offers no write-ahead log. Put the file on a local disk.");
        }

        database.Execute("PRAGMA synchronous = FULL", "setting up");
        database.Execute("PRAGMA journal_size_limit = 67108864", "setting up");

        // The log is copied into the file beside the transactions (SqliteCheckpointer), by a commit only from 256 MiB on.
        // Pages that a transaction changed stay in memory until its commit, rather than being written early and again.
        database.Execute("PRAGMA wal_autocheckpoint = 65536", "setting up");
        database.Execute("PRAGMA cache_size = -65536", "setting up");
        database.Execute("PRAGMA secure_delete = FAST", "setting up");
        if (options.MaxPages is { } pages)
        {
            database.Execute($"PRAGMA max_page_count = {pages}", "setting up");
        }
    }

    /// <summary>Whether a store that is only read is all in its file. Even a reader needs a place for the index of the log, which
    /// a medium that may only be read does not have; a log that is missing or empty is not needed, and nobody writes then.</summary>
    public static bool IsAtRest(SqliteStoreOptions options) => options.ReadOnly && new FileInfo(options.Path + "-wal") is not { Exists: true, Length: > 0 };

    private static void RefuseTruncated(FileInfo file)
    {
        if (file.Length < SqliteSchema.PageBytes)
        {
            throw SqliteFailures.Corrupt(file.FullName, $"the file has {file.Length} bytes, less than a store's first page: it was truncated or is not a database of this program. It was not touched. Keep a copy with its -wal and restore a backup; delete it only if it never held a store.");
        }
    }

    // SQLite would replay the log of the lost file into the new one.
    private static void RefuseOrphanedLog(string path)
    {
        if (File.Exists(path + "-wal"))
        {
            throw SqliteFailures.Corrupt(path, $"the file is missing but its log '{path}-wal' is there. Put the file back beside it, or move the log away to start anew.");
        }
    }
}
