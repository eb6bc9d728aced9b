using AkkaPrivacy.Connectors.SqliteTable;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.SqliteTable;

public sealed class SqliteTableSinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    private string FilePath => Path.Combine(_folder, "x.db");

    [Fact]
    public async Task OneRowForEachGroup()
    {
        await PublishAsync(Releases.Make(1, Releases.Group("/a", 5), Releases.Group("/b\"\u00e4", 2.5m)), Releases.Make(2));

        var rows = Rows("SELECT pipeline, query, window_start, window_end, group_key, value, low, high, confidence, epsilon, delta, typeof(value) FROM releases ORDER BY group_key");
        Assert.Equal("site|page-views|1970-01-01T01:00:00Z|1970-01-01T02:00:00Z|[\"/a\"]|5|-5|15|0.95|0.5|1E-06|integer", rows[0]);
        Assert.Equal("site|page-views|1970-01-01T01:00:00Z|1970-01-01T02:00:00Z|[\"/b\\\"\u00e4\"]|2.5|-7.5|12.5|0.95|0.5|1E-06|real", rows[1]);
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public async Task PublishingAgainChangesNothing()
    {
        var release = Releases.Make(1, Releases.Group("/a", 5), Releases.Group("/b", 6));
        await PublishAsync(release);
        await PublishAsync(release, release);

        Assert.Equal(["2"], Rows("SELECT count(*) FROM releases"));
    }

    [Fact]
    public async Task SharesTheFileWithTheStore()
    {
        await using (var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = FilePath }))
        {
            await PutAsync(store, 1);
            await PublishAsync(Releases.Make(1, Releases.Group("/a", 5)));
            await PutAsync(store, 2);
        }

        await using var again = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = FilePath });
        Assert.Equal([2], await again.TransactAsync(transaction => transaction.GetAsync("t", "k")));
        Assert.Equal(["1"], Rows("SELECT count(*) FROM releases"));
    }

    [Fact]
    public async Task AnotherTableOfThatNameIsNotTouched()
    {
        await using (await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = FilePath }))
        {
            var options = new SqliteTableOptions { Path = FilePath, Table = "events" };
            await using var sink = new SqliteTableSink(options);

            var failure = await Assert.ThrowsAsync<SinkException>(async () => await sink.PublishAsync([Releases.Make(1, Releases.Group("/a", 5))], default));

            Assert.Contains("other columns", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["0"], Rows("SELECT count(*) FROM events"));
    }

    [Fact]
    public async Task ALockedFileIsASinkFailureAndTheNextPublicationWorks()
    {
        var release = Releases.Make(1, Releases.Group("/a", 5));
        await PublishAsync(release);
        await using var sink = new SqliteTableSink(new SqliteTableOptions { Path = FilePath, BusyTimeout = TimeSpan.FromSeconds(1) });
        await sink.PublishAsync([release], default);
        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction(deferred: false);

            var failure = await Assert.ThrowsAsync<SinkException>(async () => await sink.PublishAsync([Releases.Make(2, Releases.Group("/a", 5))], default));

            Assert.Contains("another process held the file for 1 s", failure.Message, StringComparison.Ordinal);
        }

        await sink.PublishAsync([Releases.Make(2, Releases.Group("/a", 5))], default);
        Assert.Equal(["2"], Rows("SELECT count(*) FROM releases"));
    }

    [Fact]
    public async Task AFileThatIsNoDatabaseIsASinkFailure()
    {
        await File.WriteAllTextAsync(FilePath, new string('x', 8192));

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(Releases.Make(1, Releases.Group("/a", 5))));

        Assert.Contains(FilePath, failure.Message, StringComparison.Ordinal);
        Assert.Contains("no SQLite database", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\"; DROP TABLE events; --")]
    [InlineData("sqlite_x")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123")]
    public void OtherTableNamesAreRefused(string table) =>
        Assert.Throws<ArgumentException>(() => new SqliteTableSink(new SqliteTableOptions { Path = FilePath, Table = table }));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task PutAsync(SqliteStore store, byte value) => await store.TransactAsync(async transaction =>
    {
        await transaction.PutAsync("t", "k", new[] { value });
        return 0;
    });

    private async Task PublishAsync(params Release[] releases)
    {
        await using var sink = new SqliteTableSink(new SqliteTableOptions { Path = FilePath });
        await sink.PublishAsync(releases, default);
    }

    private List<string> Rows(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => FormattableString.Invariant($"{reader.GetValue(column)}"))));
        }

        return rows;
    }
}
