using Microsoft.Data.Sqlite;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>What Akka.Persistence.Sql does not set on a SQLite file itself.</summary>
public static class SqliteJournal
{
    private const string Provider = "SQLite";

    /// <summary>Has the file use SQLite's write-ahead log, which the file remembers. Every commit is still synchronised to
    /// the disk before it is confirmed, but with one synchronisation instead of several, and recovering accounts do not
    /// wait for those that write. Call it before the actor system starts.</summary>
    /// <param name="provider">linq2db's provider; one that is not SQLite is left alone.</param>
    /// <param name="connectionString">The journal's connection string. The file is made when it is not there, readable and
    /// writable by its owner alone (mode 0600), and SQLite gives its <c>-wal</c> and <c>-shm</c> files the same mode. The
    /// mode of a file that is there is left alone.</param>
    /// <returns>Whether the file uses it. False also when the file cannot be opened or is in use: the journal then says
    /// why it cannot be used, or works without.</returns>
    public static bool UseWriteAheadLog(string provider, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(connectionString);
        if (!provider.StartsWith(Provider, StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            Create(new SqliteConnectionStringBuilder(connectionString));
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            return command.ExecuteScalar() is "wal";
        }
        catch (Exception exception) when (exception is SqliteException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // SQLite itself would make it readable by everybody whom the umask does not keep away.
    private static void Create(SqliteConnectionStringBuilder connection)
    {
        var path = connection.DataSource;
        var isFile = path.Length > 0 && path != ":memory:" && !path.StartsWith("file:", StringComparison.Ordinal) && !path.StartsWith('|');
        if (OperatingSystem.IsWindows() || !isFile || connection.Mode != SqliteOpenMode.ReadWriteCreate || File.Exists(path))
        {
            return;
        }

        using var made = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }
}
