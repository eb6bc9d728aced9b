using AkkaPrivacy.Engine.Ports;
using SQLitePCL;

namespace AkkaPrivacy.Storage.Sqlite;

/// <summary>Turns SQLite's result codes into the port's closed set of failures, with advice.</summary>
internal static class SqliteFailures
{
    private const int SharedMemorySize = raw.SQLITE_IOERR | (19 << 8);

    /// <summary>Whether another connection holds the lock, so that waiting may help.</summary>
    public static bool IsBusy(int code) => (code & 0xFF) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>The failure that a result code stands for.</summary>
    /// <param name="code">The extended result code.</param>
    /// <param name="path">The database file.</param>
    /// <param name="doing">What was attempted, for the message.</param>
    public static StoreException From(int code, string path, string doing)
    {
        var failure = Classify(code);
        return new StoreException(failure, $"Store '{path}': {doing} failed, {Describe(failure)} (SQLite code {code}: {raw.sqlite3_errstr(code).utf8_to_string()}). {Advice(failure, path)}");
    }

    /// <summary>The failure of a commit, whose outcome an I/O error can leave open: the log may hold the commit
    /// although the disk did not confirm it, and a restart would then replay it.</summary>
    public static StoreException FromCommit(int code, string path) =>
        Classify(code) == StoreFailure.Unavailable
            ? new StoreException(StoreFailure.CommitUnknown, $"Store '{path}': the disk did not confirm a commit (SQLite code {code}: {raw.sqlite3_errstr(code).utf8_to_string()}). Read before repeating it, and check the disk.")
            : From(code, path, "a commit");

    public static StoreException Corrupt(string path, string what) =>
        new(StoreFailure.Corrupt, $"Store '{path}': {what}");

    private static StoreFailure Classify(int code) => code switch
    {
        // The index of the log (-shm) is made at its full size before anything is read.
        raw.SQLITE_IOERR_WRITE or SharedMemorySize => StoreFailure.Full,
        _ => (code & 0xFF) switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL => StoreFailure.Locked,
            raw.SQLITE_FULL => StoreFailure.Full,
            // The SQL is fixed, so an error in it means that the file's tables are not ours.
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR => StoreFailure.Corrupt,
            raw.SQLITE_READONLY => StoreFailure.ReadOnly,
            _ => StoreFailure.Unavailable,
        },
    };

    private static string Describe(StoreFailure failure) => failure switch
    {
        StoreFailure.Locked => "another process holds the file and did not let go in time",
        StoreFailure.Full => "there is no room to write",
        StoreFailure.Corrupt => "the file is not a database or is damaged",
        StoreFailure.ReadOnly => "the file may only be read",
        _ => "the file cannot be opened or reached",
    };

    private static string Advice(StoreFailure failure, string path) => failure switch
    {
        StoreFailure.Locked => "Nothing was written. Stop the other process, or raise the busy timeout.",
        StoreFailure.Full => "Nothing of this transaction was written. Free space on the disk or raise the quota; the store stays usable.",
        StoreFailure.Corrupt => "Keep a copy of the file with its -wal, then restore a backup.",
        StoreFailure.ReadOnly => "Nothing was written. Give this process write access to the file and its directory.",
        _ => $"Check that directory '{Path.GetDirectoryName(Path.GetFullPath(path))}' exists and that this process may use it.",
    };
}
