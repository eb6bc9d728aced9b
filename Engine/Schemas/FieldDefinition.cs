namespace AkkaPrivacy.Engine.Schemas;

/// <summary>How a field is written in the source.</summary>
public enum FieldType
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>A whole number, -(2^63)+1 to 2^63-1.</summary>
    Integer,

    /// <summary>A number that is kept as a whole multiple of <see cref="FieldDefinition.Resolution"/>.</summary>
    Decimal,

    /// <summary>An instant: ISO 8601, milliseconds or seconds since the Unix epoch, or the log format's own.</summary>
    Time,
}

/// <summary>What a time field is for.</summary>
public enum TimeRole
{
    /// <summary>Nothing special.</summary>
    None,

    /// <summary>When the event happened. Exactly one field has this role.</summary>
    Event,

    /// <summary>When the event reached the operator's servers, by their clock. At most one field.</summary>
    Arrival,
}

/// <summary>One entry of a <see cref="DataMap"/>.</summary>
public sealed record FieldDefinition
{
    /// <summary>The field's name in the pipeline: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The field's name in the source (a JSON key, a log element). Default: <see cref="Name"/>. Two fields may
    /// read the same source field with different treatments.</summary>
    public string? From { get; init; }

    /// <summary>How it is written in the source.</summary>
    public required FieldType Type { get; init; }

    /// <summary>What it says about a person.</summary>
    public required FieldClass Class { get; init; }

    /// <summary>What is done to it before it leaves the data map. Required for identifiers, quasi-identifiers and
    /// sensitive fields; ignored for time fields.</summary>
    public FieldTreatment? Treatment { get; init; }

    /// <summary>What it may be used for; for the records of processing. Default: none stated.</summary>
    public IReadOnlyList<string> Purposes { get; init; } = [];

    /// <summary>How long values made from it are kept; zero means not beyond the window. Default: zero.</summary>
    public TimeSpan Retention { get; init; }

    /// <summary>Whether a row without it is a dead letter. Default: false; always true for the event time and the subject.</summary>
    public bool Required { get; init; }

    /// <summary>Value of one unit of a <see cref="FieldType.Decimal"/>; above 0. Default: 1.</summary>
    public decimal Resolution { get; init; } = 1;

    /// <summary>What a time field is for.</summary>
    public TimeRole Role { get; init; }

    /// <summary>The name to look for in the source.</summary>
    public string SourceName => From ?? Name;

    /// <summary>Whether the class demands a treatment.</summary>
    public bool NeedsTreatment => Class is FieldClass.DirectIdentifier or FieldClass.QuasiIdentifier or FieldClass.Sensitive;

    /// <summary>The column that the parser makes of it.</summary>
    /// <returns>The column.</returns>
    public ColumnDefinition ToColumn() => new(Name, ColumnTypeOf(Type), Class)
    {
        Resolution = Type == FieldType.Decimal ? Resolution : 1,
        IsRaw = NeedsTreatment,
    };

    private static ColumnType ColumnTypeOf(FieldType type) => type switch
    {
        FieldType.Text => ColumnType.Text,
        FieldType.Time => ColumnType.Time,
        _ => ColumnType.Int64,
    };
}
