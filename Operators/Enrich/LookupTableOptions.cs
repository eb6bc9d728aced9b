using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>Formats of table files.</summary>
public enum TableFormat
{
    /// <summary>Comma-separated values with a header line (RFC 4180), UTF-8.</summary>
    Csv,

    /// <summary>One JSON object a line, UTF-8.</summary>
    JsonLines,
}

/// <summary>What to do with a row whose key is not in the table, or that has no key.</summary>
public enum MissingKey
{
    /// <summary>The added columns are missing in it.</summary>
    Empty,

    /// <summary>The row is a dead letter of reason <c>not_in_table</c>.</summary>
    Drop,

    /// <summary>The added columns have the defaults that the options give.</summary>
    Default,
}

/// <summary>A table to look rows up in, loaded as a whole.</summary>
public sealed record LookupTableOptions
{
    /// <summary>The table's name in plans and errors: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Opens the file, from its start. Its exceptions of type <see cref="IOException"/> and
    /// <see cref="UnauthorizedAccessException"/> are reported as mistakes of the configuration.</summary>
    public required Func<Stream> Open { get; init; }

    /// <summary>What the file is called in errors. Default: the table's name.</summary>
    public string? File { get; init; }

    /// <summary>Its format. Default: CSV.</summary>
    public TableFormat Format { get; init; }

    /// <summary>The table's column that holds the key.</summary>
    public required string Key { get; init; }

    /// <summary>The columns to add, as entries of a data map: name, name in the file, type text, integer or decimal, class, and the
    /// treatment that the class demands. At least one.</summary>
    public required IReadOnlyList<FieldDefinition> Columns { get; init; }

    /// <summary>The most rows that are loaded, 1 to 50,000,000; one more is an error. Default: 1,000,000.</summary>
    public int MaxRows { get; init; } = 1_000_000;

    internal string Place => File ?? Name;
}
