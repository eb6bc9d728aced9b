using System.Text.RegularExpressions;
using Npgsql;

namespace AkkaPrivacy.Storage.Postgres;

/// <summary>Where a <see cref="PostgresStore"/> is kept and how it waits.</summary>
public sealed partial record PostgresStoreOptions
{
    /// <summary>The server and database as Npgsql writes them: <c>Host=db;Database=akkaprivacy;Username=akkaprivacy</c>.
    /// The database's encoding must be UTF-8, the server PostgreSQL 13 or newer. Between this process and the server no
    /// pooler may give out connections by transaction. Required.</summary>
    public required string Connection { get; init; }

    /// <summary>The password; keeps it out of <see cref="Connection"/>. Default: none.</summary>
    public string? Password { get; init; }

    /// <summary>The schema that holds the store's tables and nothing else: a letter or <c>_</c>, then up to 62 of
    /// <c>a-z A-Z 0-9 _</c>, not starting with <c>pg_</c>. Several stores share a database under different names.
    /// Default: <c>akkaprivacy</c>.</summary>
    public string Schema { get; init; } = "akkaprivacy";

    /// <summary>Whether missing tables are created, with their schema. Default: true. With false a database without them
    /// is refused, so that a wrong name cannot pass for a new store.</summary>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>How long a transaction waits for another process that writes, from 0 to 60 s. Default: 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the server may take to connect and, besides <see cref="BusyTimeout"/>, for each answer, from 1 s
    /// to 10 min. Default: 30 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a name may be given to <see cref="Schema"/>.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it may.</returns>
    public static bool IsSchema(string name) =>
        NamePattern().IsMatch(name) && !name.StartsWith("pg_", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a text can be understood as <see cref="Connection"/> and names a host.</summary>
    /// <param name="connection">The text.</param>
    /// <returns>True when it can.</returns>
    public static bool IsConnection(string connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection).Host is not null;
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException or OverflowException)
        {
            return false;
        }
    }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Connection);
        ArgumentNullException.ThrowIfNull(Schema);
        ArgumentOutOfRangeException.ThrowIfLessThan(BusyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BusyTimeout, TimeSpan.FromSeconds(60));
        ArgumentOutOfRangeException.ThrowIfLessThan(AnswerTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(AnswerTimeout, TimeSpan.FromMinutes(10));
        if (!IsConnection(Connection))
        {
            // The driver's own message can quote the password.
            throw new ArgumentException("The connection is not of the form 'Host=...;Database=...;Username=...'.");
        }

        if (!IsSchema(Schema))
        {
            throw new ArgumentException("The name of a schema is a letter or _, then up to 62 of a-z A-Z 0-9 _, and does not start with pg_.");
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]{0,62}\z")]
    private static partial Regex NamePattern();
}
