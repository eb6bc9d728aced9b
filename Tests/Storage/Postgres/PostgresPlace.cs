using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Postgres;
using AkkaPrivacy.Tests.Support;
using Npgsql;

namespace AkkaPrivacy.Tests.Storage.Postgres;

/// <summary>A schema of the test server for one test, dropped with it.</summary>
public sealed class PostgresPlace : IDisposable
{
    private static int _count;

    public string Schema { get; } = $"test_{Environment.ProcessId}_{Interlocked.Increment(ref _count)}";

    public PostgresStoreOptions Options => new() { Connection = TestPostgres.Connection, Schema = Schema, BusyTimeout = TimeSpan.FromSeconds(20) };

    public static NpgsqlConnection Connect(string more = "")
    {
        var connection = new NpgsqlConnection($"{TestPostgres.Connection};Pooling=false{more}");
        connection.Open();
        return connection;
    }

    public async ValueTask<IStore> OpenAsync() => await PostgresStore.OpenAsync(Options);

    public ValueTask<PostgresStore> OpenAsync(Func<PostgresStoreOptions, PostgresStoreOptions> change) => PostgresStore.OpenAsync(change(Options));

    /// <summary>Runs SQL in which <c>{0}</c> stands for the schema.</summary>
    public void Execute(string sql)
    {
        using var connection = Connect();
        using var command = new NpgsqlCommand(sql.Replace("{0}", $"\"{Schema}\"", StringComparison.Ordinal), connection);
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        if (TestPostgres.IsThere)
        {
            Execute("DROP SCHEMA IF EXISTS {0} CASCADE");
        }
    }
}
