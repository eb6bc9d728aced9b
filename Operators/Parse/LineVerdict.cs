namespace AkkaPrivacy.Operators.Parse;

/// <summary>What a line turned out to be.</summary>
internal enum LineVerdict
{
    /// <summary>A row.</summary>
    Row,

    /// <summary>White space only.</summary>
    Empty,

    /// <summary>Not of the format.</summary>
    Malformed,

    /// <summary>Of the format, with a field of another type than the data map says.</summary>
    WrongType,
}
