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
    /// <param name="connectionString">The journal's connection string; the file is made when it is not there.</param>
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
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            return command.ExecuteScalar() is "wal";
        }
        catch (Exception exception) when (exception is SqliteException or ArgumentException)
        {
            return false;
        }
    }
}
