using AkkaPrivacy.AkkaNet.Ledger;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>The file of a SQLite journal: its log, its mode, and what a copy of it holds.</summary>
public sealed class SqliteJournalTests : IDisposable
{
    private const string Provider = "SQLite.MS";
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akkaprivacy-journal-");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    private string Connection(string name = "journal.db") => $"Data Source={PathOf(name)}";

    [Fact]
    public void The_file_remembers_its_log()
    {
        Assert.True(SqliteJournal.UseWriteAheadLog(Provider, Connection()));
        Assert.True(SqliteJournal.UseWriteAheadLog("SQLite.Classic", Connection()));
        using var connection = Open(Connection());
        Assert.Equal("wal", Ask(connection, "PRAGMA journal_mode"));
    }

    [Fact]
    public void Only_its_owner_reads_it_and_the_files_beside_it()
    {
        Assert.True(SqliteJournal.UseWriteAheadLog(Provider, Connection()));
        using var connection = Open(Connection());
        Ask(connection, "CREATE TABLE journal (id INTEGER)");
        string[] files = ["journal.db", "journal.db-shm", "journal.db-wal"];
        Assert.Equal(files, _directory.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal));
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var file in files)
        {
            Assert.Equal(Owner, File.GetUnixFileMode(PathOf(file)));
        }
    }

    [Fact]
    public void The_mode_of_a_file_that_is_there_is_left_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.WriteAllBytes(PathOf("journal.db"), []);
        File.SetUnixFileMode(PathOf("journal.db"), Owner | UnixFileMode.GroupRead);
        Assert.True(SqliteJournal.UseWriteAheadLog(Provider, Connection()));
        Assert.Equal(Owner | UnixFileMode.GroupRead, File.GetUnixFileMode(PathOf("journal.db")));
    }

    [Fact]
    public void What_is_no_file_of_SQLite_or_cannot_be_used_is_left_alone()
    {
        Assert.False(SqliteJournal.UseWriteAheadLog("PostgreSQL.15", Connection()));
        Assert.False(SqliteJournal.UseWriteAheadLog(Provider, $"{Connection()};Mode=ReadWrite"));
        Assert.False(SqliteJournal.UseWriteAheadLog(Provider, Connection("no/such/folder.db")));
        Assert.False(SqliteJournal.UseWriteAheadLog(Provider, "Data Source=:memory:"));
        Assert.False(SqliteJournal.UseWriteAheadLog(Provider, "Nonsense=1"));
        Assert.Empty(_directory.GetFiles());
        File.WriteAllText(PathOf("text.db"), new string('x', 2000));
        Assert.False(SqliteJournal.UseWriteAheadLog(Provider, Connection("text.db")));
    }

    [Fact]
    public void A_copy_needs_the_log_beside_it_or_is_made_by_SQLite()
    {
        Assert.True(SqliteJournal.UseWriteAheadLog(Provider, Connection()));
        using var connection = Open(Connection());
        Ask(connection, "CREATE TABLE journal (id INTEGER)");
        Ask(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        Ask(connection, "INSERT INTO journal VALUES (1)");

        File.Copy(PathOf("journal.db"), PathOf("alone.db"));
        File.Copy(PathOf("journal.db"), PathOf("both.db"));
        File.Copy(PathOf("journal.db-wal"), PathOf("both.db-wal"));
        Ask(connection, $"VACUUM INTO '{PathOf("vacuumed.db")}'");
        using (var backup = Open(Connection("backup.db")))
        {
            connection.BackupDatabase(backup);
        }

        Assert.Equal([0L, 1L, 1L, 1L], new[] { "alone.db", "both.db", "vacuumed.db", "backup.db" }.Select(Count));
        Ask(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        File.Copy(PathOf("journal.db"), PathOf("checkpointed.db"));
        Assert.Equal(1, Count("checkpointed.db"));
    }

    private long Count(string name)
    {
        using var connection = Open($"{Connection(name)};Pooling=False");
        return (long)Ask(connection, "SELECT COUNT(*) FROM journal")!;
    }

    private static SqliteConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
