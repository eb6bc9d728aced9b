namespace AkkaPrivacy.Hosting.Configuration.Options;

/// <summary>Kinds of sinks.</summary>
internal enum SinkType
{
    /// <summary>A table of a SQLite file.</summary>
    SqliteTable,

    /// <summary>A table of a PostgreSQL database.</summary>
    PostgresTable,

    /// <summary>A file with one release a line.</summary>
    JsonLines,

    /// <summary>A file with one released group a row.</summary>
    Csv,

    /// <summary>A folder with one Parquet file a release.</summary>
    Parquet,

    /// <summary>POST requests to an address.</summary>
    Webhook,

    /// <summary>Standard output.</summary>
    Console,
}

/// <summary>A sink.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Path">Its file; empty for kinds without one.</param>
/// <param name="Table">Its table; empty for kinds without one.</param>
/// <param name="Place">Where it was written.</param>
internal sealed record SinkOptions(string Name, SinkType Type, string Path, string Table, string Place)
{
    /// <summary>How long a publication may take, for kinds that reach out over a network.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>The server of a PostgreSQL table.</summary>
    public PostgresServerOptions? Postgres { get; init; }

    /// <summary>The receiver of a webhook.</summary>
    public WebhookReceiverOptions? Webhook { get; init; }
}

/// <summary>A PostgreSQL server.</summary>
/// <param name="Connection">How to reach it.</param>
/// <param name="Password">Where its password is.</param>
/// <param name="Schema">The schema of the tables.</param>
internal sealed record PostgresServerOptions(string Connection, SecretPlace? Password, string Schema);

/// <summary>The receiver of a webhook.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Secret">Where the secret is that signs requests.</param>
/// <param name="Token">Where the bearer token is.</param>
/// <param name="Timeout">How long one request may take.</param>
internal sealed record WebhookReceiverOptions(Uri Url, SecretPlace? Secret, SecretPlace? Token, TimeSpan Timeout);

/// <summary>Where a secret is: in a file or in an environment variable.</summary>
/// <param name="Key">The option that says so.</param>
/// <param name="File">The file, or null.</param>
/// <param name="Variable">The variable, or null.</param>
internal sealed record SecretPlace(string Key, string? File, string? Variable);
