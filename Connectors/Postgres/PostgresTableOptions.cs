using System.Text.RegularExpressions;

namespace AkkaPrivacy.Connectors.Postgres;

/// <summary>Where a <see cref="PostgresTableSink"/> writes.</summary>
public sealed partial record PostgresTableOptions
{
    /// <summary>The server and database as Npgsql writes them: <c>Host=db;Database=stats;Username=akkaprivacy</c>. Required.</summary>
    public required string Connection { get; init; }

    /// <summary>The password; keeps it out of <see cref="Connection"/>. Default: none.</summary>
    public string? Password { get; init; }

    /// <summary>The schema, which must exist: a letter or <c>_</c>, then up to 62 of <c>a-z A-Z 0-9 _</c>. Default:
    /// <c>public</c>.</summary>
    public string Schema { get; init; } = "public";

    /// <summary>The table, by the same rule. It is created when it is missing. Default: <c>releases</c>.</summary>
    public string Table { get; init; } = "releases";

    /// <summary>The sink's name, unique in the pipeline. Default: <c>postgres-table</c>.</summary>
    public string Name { get; init; } = "postgres-table";

    /// <summary>How long a publication may take, with connecting and with trying again after failures that may pass, from
    /// 1 s to 1 h. Default: 1 minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait before the first new attempt; it doubles up to 5 s. Default: 200 ms.</summary>
    internal TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether a name may be given to a schema or a table.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it may.</returns>
    public static bool IsName(string name) => NamePattern().IsMatch(name);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Connection);
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(Patience, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Patience, TimeSpan.FromHours(1));
        if (!IsName(Schema) || !IsName(Table))
        {
            throw new ArgumentException("The name of a schema or table is a letter or _, then up to 62 of a-z A-Z 0-9 _.");
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]{0,62}\z")]
    private static partial Regex NamePattern();
}
