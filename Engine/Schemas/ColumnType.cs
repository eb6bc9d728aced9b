namespace AkkaPrivacy.Engine.Schemas;

/// <summary>How a column is held.</summary>
public enum ColumnType
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>A whole number of the field's resolution.</summary>
    Int64,

    /// <summary>Milliseconds since the Unix epoch.</summary>
    Time,

    /// <summary>A 16-byte token.</summary>
    Token,
}
