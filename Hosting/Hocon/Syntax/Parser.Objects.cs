namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>Objects, fields and keys.</summary>
internal sealed partial class Parser
{
    private ObjectExpr ParseBraced()
    {
        var open = _token.Origin;
        Enter(open, 1);
        Advance();
        var result = new ObjectExpr(open);
        ParseFields(result, open);
        Advance();
        _depth--;
        return result;
    }

    // Ends at the closing brace or, for a root without braces, at the end of the text.
    private void ParseFields(ObjectExpr target, HoconOrigin? open)
    {
        SkipBlank();
        while (!AtEndOfObject(open))
        {
            ParseField(target);
            ParseSeparator(TokenKind.CloseBrace, "a comma or a new line between fields");
        }
    }

    private bool AtEndOfObject(HoconOrigin? open) => (_token.Kind, open) switch
    {
        (TokenKind.CloseBrace, null) => throw Error("'}' without an opening '{'", "a key or the end of the text"),
        (TokenKind.End, { } at) => throw Error(
            _token.Found, $"a '}}' that closes the '{{' of line {at.Line}, column {at.Column}"),
        (TokenKind.CloseBrace or TokenKind.End, _) => true,
        _ => false,
    };

    // One comma, or at least one new line, or the end of what encloses the items.
    private void ParseSeparator(TokenKind close, string allowed)
    {
        var separated = SkipBlank();
        if (_token.Kind == TokenKind.Comma)
        {
            Advance();
            SkipBlank();
        }
        else if (!separated && _token.Kind != close && _token.Kind != TokenKind.End)
        {
            throw Error(_token.Found, allowed);
        }
    }

    private void ParseField(ObjectExpr target)
    {
        if (_token is { Kind: TokenKind.Unquoted, Text: "include" })
        {
            ParseInclude(target);
            return;
        }

        var origin = _token.Origin;
        var path = ParseKey();
        CountNode(origin);
        var (outerPath, outerDepth) = (_path, _depth);
        Enter(origin, path.Elements.Length - 1);
        _path = _path?.Append(path);
        ParseFieldValue(target.SlotOf(path, origin));
        (_path, _depth) = (outerPath, outerDepth);
    }

    private void ParseFieldValue(Slot slot)
    {
        var separator = _token.Kind;
        if (separator != TokenKind.OpenBrace)
        {
            Advance();
            SkipBlank();
        }

        if (separator == TokenKind.PlusEquals)
        {
            // An appended value has an index, not a path.
            _path = null;
            slot.Append(ParseValue());
        }
        else
        {
            slot.Add(ParseValue());
        }
    }

    // Ends at the separator.
    private HoconPath ParseKey()
    {
        var path = new PathBuilder(_token.Origin);
        for (; _token.Kind is TokenKind.Space or TokenKind.Unquoted or TokenKind.Quoted; Advance())
        {
            path.Add(_token);
        }

        if (path.IsEmpty)
        {
            throw Error(_token.Found, "a key");
        }

        var token = _token;
        SkipBlank();
        if (_token.Kind is TokenKind.Colon or TokenKind.Equals or TokenKind.PlusEquals or TokenKind.OpenBrace)
        {
            return path.Build();
        }

        throw new HoconException(token.Origin, $"found {token.Found} after a key; allowed is ':', '=', '+=' or '{{'");
    }
}
