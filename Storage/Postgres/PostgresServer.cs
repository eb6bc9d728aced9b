using Npgsql;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>A store's place on its server: how to connect, its lock and how messages name it.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    public PostgresServer(PostgresStoreOptions options)
    {
        var connection = Read(options);
        Options = options;
        Sql = new PostgresSql(options.Schema);
        Name = $"schema '{options.Schema}' of database '{connection.Database}' at '{connection.Host}:{connection.Port}'";
        _source = NpgsqlDataSource.Create(connection);
    }

    public PostgresStoreOptions Options { get; }

    public PostgresSql Sql { get; }

    /// <summary>Names the store in messages, without user and password.</summary>
    public string Name { get; }

    public NpgsqlConnection CreateConnection() => _source.CreateConnection();

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static NpgsqlConnectionStringBuilder Read(PostgresStoreOptions options)
    {
        var answer = (int)Math.Ceiling(options.AnswerTimeout.TotalSeconds);
        // A store keeps one connection and knows when it broke, so a pool would only hide that.
        var connection = new NpgsqlConnectionStringBuilder(options.Connection)
        {
            ApplicationName = "akkaprivacy",
            Pooling = false,
            Multiplexing = false,
            Enlist = false,
            Timeout = answer,
            CommandTimeout = answer,
            CancellationTimeout = 2000,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
            IncludeErrorDetail = false,
            TcpKeepAlive = true,
            ClientEncoding = "UTF8",
        };
        connection.Password = options.Password ?? connection.Password;
        return connection;
    }
}
