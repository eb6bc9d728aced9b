namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>Values, arrays and substitutions.</summary>
internal sealed partial class Parser
{
    private Expr ParseValue()
    {
        var parts = new List<Expr>();
        while (ParsePart() is { } part)
        {
            parts.Add(part);
        }

        if (parts is [.., SpaceExpr])
        {
            parts.RemoveAt(parts.Count - 1);
        }

        return parts.Count == 0
            ? throw Error(_token.Found, "a value (write \"\" for an empty string)")
            : ConcatFolding.Fold(parts);
    }

    private Expr? ParsePart()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.OpenBrace:
                return ParseBraced();
            case TokenKind.OpenBracket:
                return ParseArray();
            case TokenKind.Substitution or TokenKind.OptionalSubstitution:
                return ParseSubstitution();
            case TokenKind.Space:
                Advance();
                return new SpaceExpr(token.Origin, token.Text);
            case TokenKind.Quoted or TokenKind.Unquoted:
                CountNode(token.Origin);
                Advance();
                return new ScalarExpr(new HoconScalar(token.Origin, token.Text, KindOf(token)));
            case TokenKind.Colon or TokenKind.Equals or TokenKind.PlusEquals:
                throw Error($"{token.Found} inside a value", "a value; put text with this character in double quotes");
            default:
                return null;
        }
    }

    private static HoconScalarKind KindOf(Token token) => token switch
    {
        { Kind: TokenKind.Quoted } => HoconScalarKind.Quoted,
        { Text: "true" or "false" } => HoconScalarKind.Boolean,
        { Text: "null" } => HoconScalarKind.Null,
        _ => Units.HoconNumber.IsJsonNumber(token.Text) ? HoconScalarKind.Number : HoconScalarKind.Unquoted,
    };

    private ArrayExpr ParseArray()
    {
        var open = _token.Origin;
        var outerPath = _path;
        Enter(open, 1);
        CountNode(open);
        _path = null;
        Advance();
        var items = new List<Expr>();
        SkipBlank();
        while (_token.Kind != TokenKind.CloseBracket)
        {
            if (_token.Kind == TokenKind.End)
            {
                throw Error(_token.Found, $"a ']' that closes the '[' of line {open.Line}, column {open.Column}");
            }

            items.Add(ParseValue());
            ParseSeparator(TokenKind.CloseBracket, "a comma or a new line between elements");
        }

        Advance();
        _path = outerPath;
        _depth--;
        return new ArrayExpr(open, items);
    }

    private SubstitutionExpr ParseSubstitution()
    {
        var open = _token;
        CountNode(open.Origin);
        Advance();
        var path = new PathBuilder(open.Origin);
        for (; _token.Kind is TokenKind.Space or TokenKind.Unquoted or TokenKind.Quoted; Advance())
        {
            path.Add(_token);
        }

        Expect(TokenKind.CloseBrace, "a path closed by '}' (a substitution holds no other substitution, '?' stands right behind '${')");
        Advance();
        return new SubstitutionExpr(
            open.Origin, path.Build(), open.Kind == TokenKind.OptionalSubstitution, _context.Scopes);
    }
}
