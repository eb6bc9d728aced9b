using System.Text.RegularExpressions;

namespace AkkaPrivacy.Connectors.SqliteTable;

/// <summary>Where a <see cref="SqliteTableSink"/> writes.</summary>
public sealed partial record SqliteTableOptions
{
    /// <summary>The SQLite file; it is created when it is missing, its directory must exist. Required.</summary>
    public required string Path { get; init; }

    /// <summary>The table: a letter or <c>_</c>, then up to 62 of <c>a-z A-Z 0-9 _</c>; not <c>sqlite_...</c>, which SQLite
    /// keeps for itself. It is created when it is missing. Default: <c>releases</c>.</summary>
    public string Table { get; init; } = "releases";

    /// <summary>The sink's name, unique in the pipeline. Default: <c>sqlite-table</c>.</summary>
    public string Name { get; init; } = "sqlite-table";

    /// <summary>How long to wait for another process that writes, from 0 to 60 s; whole seconds count, rounded up.
    /// Default: 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a name may be given to a table.</summary>
    /// <param name="table">The name.</param>
    /// <returns>True when it may.</returns>
    public static bool IsTableName(string table) =>
        TableName().IsMatch(table) && !table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        ArgumentException.ThrowIfNullOrWhiteSpace(Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(BusyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BusyTimeout, TimeSpan.FromSeconds(60));
        if (!IsTableName(Table))
        {
            throw new ArgumentException("A table name is a letter or _, then up to 62 of a-z A-Z 0-9 _, and does not start with sqlite_.", nameof(Table));
        }
    }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]{0,62}\z")]
    private static partial Regex TableName();
}
