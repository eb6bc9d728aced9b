namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>How a scalar was written.</summary>
public enum HoconScalarKind
{
    /// <summary>A string in single or triple quotes, or the value of an environment variable.</summary>
    Quoted,

    /// <summary>A string without quotes, or several values joined into one string.</summary>
    Unquoted,

    /// <summary>A number by JSON's grammar, kept as it was written.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>.</summary>
    Null,
}
