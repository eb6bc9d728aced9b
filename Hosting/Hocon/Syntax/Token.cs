namespace AkkaPrivacy.Hosting.Hocon.Syntax;

internal enum TokenKind
{
    End,
    Newline,
    Space,
    Comma,
    Colon,
    Equals,
    PlusEquals,
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Unquoted,
    Quoted,
    Substitution,
    OptionalSubstitution,
}

/// <summary>One token; <see cref="Text"/> is set for spaces, unquoted and quoted strings.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, HoconOrigin Origin)
{
    /// <summary>How an error names the token; configured text is not repeated, it may be a secret.</summary>
    public string Found => Kind switch
    {
        TokenKind.End => "the end of the text",
        TokenKind.Newline => "the end of the line",
        TokenKind.Space => "a space",
        TokenKind.Comma => "','",
        TokenKind.Colon => "':'",
        TokenKind.Equals => "'='",
        TokenKind.PlusEquals => "'+='",
        TokenKind.OpenBrace => "'{'",
        TokenKind.CloseBrace => "'}'",
        TokenKind.OpenBracket => "'['",
        TokenKind.CloseBracket => "']'",
        TokenKind.Unquoted => "an unquoted string",
        TokenKind.Quoted => "a quoted string",
        TokenKind.Substitution => "'${'",
        _ => "'${?'",
    };
}
