using AkkaPrivacy.Connectors.Postgres;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Tests.Support;
using Npgsql;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Postgres;

public sealed class PostgresTableSinkTests : IAsyncLifetime
{
    private static readonly Release First = Releases.Make(1, Releases.Group("/a", 5), Releases.Group("/b\"\u00e4\0", 2.5m));
    private readonly string _schema = $"sink_{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6))}";

    public Task InitializeAsync() => TestPostgres.IsThere ? ExecuteAsync($"CREATE SCHEMA {_schema}") : Task.CompletedTask;

    public Task DisposeAsync() => TestPostgres.IsThere ? ExecuteAsync($"DROP SCHEMA {_schema} CASCADE") : Task.CompletedTask;

    [Fact]
    public async Task OneRowForEachGroup()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await PublishAsync(First, Releases.Make(2));

        Assert.Equal(
            [
                "site|page-views|1970-01-01T01:00:00Z|1970-01-01T02:00:00Z|[\"/a\"]|5|-5|15|0.95|0.5|1e-06",
                "site|page-views|1970-01-01T01:00:00Z|1970-01-01T02:00:00Z|[\"/b\\\"\u00e4\\u0000\"]|2.5|-7.5|12.5|0.95|0.5|1e-06",
            ],
            await RowsAsync("""
                concat_ws('|', pipeline, query, to_char(window_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                to_char(window_end AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), group_key, value, low, high, confidence, epsilon, delta)
                """));
    }

    [Fact]
    public async Task PublishingAgainChangesNothing()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await PublishAsync(First, First);
        await PublishAsync(First);

        Assert.Equal(["2"], await RowsAsync("count(*)::text"));
    }

    [Fact]
    public async Task AnotherTableOfThatNameIsNotTouched()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await ExecuteAsync($"CREATE TABLE {_schema}.releases (milk text)");

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(First));

        Assert.Contains("other columns", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["0"], await RowsAsync("count(*)::text"));
    }

    [Fact]
    public async Task ABlockedTableHoldsPublishingBackAndNothingIsLost()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await PublishAsync(First);
        await using var other = new NpgsqlConnection(TestPostgres.Connection);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand($"LOCK TABLE {_schema}.releases IN ACCESS EXCLUSIVE MODE", other, transaction))
        {
            await command.ExecuteNonQueryAsync();
        }

        var failure = await Assert.ThrowsAsync<SinkException>(() => PublishAsync(Releases.Make(2, Releases.Group("/a", 5))));
        Assert.Contains("within 1 s", failure.Message, StringComparison.Ordinal);
        await transaction.RollbackAsync();

        await PublishAsync(First, Releases.Make(2, Releases.Group("/a", 5)));
        Assert.Equal(["3"], await RowsAsync("count(*)::text"));
    }

    [Fact]
    public async Task AMissingSchemaIsNamedWithoutTheServersWords()
    {
        if (!TestPostgres.IsThere)
        {
            return;
        }

        await using var sink = new PostgresTableSink(new PostgresTableOptions { Connection = TestPostgres.Connection, Schema = "nowhere" });

        var failure = await Assert.ThrowsAsync<SinkException>(async () => await sink.PublishAsync([First], default));

        Assert.Contains("no such database or schema (SQLSTATE 3F000)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatIsNotThereIsTriedUntilThePatienceEnds()
    {
        var options = new PostgresTableOptions { Connection = "Host=127.0.0.1;Port=1;Database=d;Username=u;Password=secret", Patience = TimeSpan.FromSeconds(1), FirstDelay = TimeSpan.FromMilliseconds(1) };
        await using var sink = new PostgresTableSink(options);

        var failure = await Assert.ThrowsAsync<SinkException>(async () => await sink.PublishAsync([First], default));

        Assert.Contains("'127.0.0.1:1'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("the server cannot be reached (ConnectionRefused)", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=x;Passwort=secret", "releases")]
    [InlineData("Host=x", "a b")]
    [InlineData("Host=x", "a\"; DROP TABLE x; --")]
    public void OtherOptionsAreRefused(string connection, string table)
    {
        var error = Assert.Throws<ArgumentException>(() => new PostgresTableSink(new PostgresTableOptions { Connection = connection, Table = table }));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(TestPostgres.Connection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task PublishAsync(params Release[] releases)
    {
        await using var sink = new PostgresTableSink(new PostgresTableOptions { Connection = TestPostgres.Connection, Schema = _schema, Patience = TimeSpan.FromSeconds(1) });
        await sink.PublishAsync(releases, default);
    }

    private async Task<List<string>> RowsAsync(string select)
    {
        await using var connection = new NpgsqlConnection(TestPostgres.Connection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT {select} FROM {_schema}.releases ORDER BY 1", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
