namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>What happens to a text before it is hashed, so that spellings of one identifier meet in one token.</summary>
public enum TokenNormalisation
{
    /// <summary>The bytes as they are. Default.</summary>
    None,

    /// <summary><c>A</c> to <c>Z</c> become <c>a</c> to <c>z</c>; other bytes stay. For e-mail addresses.</summary>
    LowercaseAscii,
}
