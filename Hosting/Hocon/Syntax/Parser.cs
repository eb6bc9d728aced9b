namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>What a parser needs to know about where its text stands.</summary>
/// <param name="Source">The name in origins.</param>
/// <param name="Directory">The folder relative includes start from; null for text that is no file.</param>
/// <param name="Path">The path of the object the text fills; null inside an array, where there is none.</param>
/// <param name="Scopes">See <see cref="SubstitutionExpr.Scopes"/>.</param>
/// <param name="Depth">The levels of objects and arrays around the text.</param>
internal sealed record ParseContext(
    string Source, string? Directory, HoconPath? Path, IReadOnlyList<HoconPath> Scopes, int Depth)
{
    public static ParseContext ForText(string source) => new(source, null, HoconPath.Root, [], 0);
}

/// <summary>A recursive-descent parser for one text; it stops at the first error.</summary>
internal sealed partial class Parser
{
    private readonly Tokenizer _tokenizer;
    private readonly ParseContext _context;
    private readonly Includes.IncludeLoader _includes;
    private Token _token;
    private HoconPath? _path;
    private int _depth;
    private int _nodes;

    public Parser(string text, ParseContext context, Includes.IncludeLoader includes)
    {
        _tokenizer = new Tokenizer(text, context.Source);
        _context = context;
        _includes = includes;
        _path = context.Path;
        _depth = context.Depth;
        _token = _tokenizer.Next();
    }

    /// <summary>Parses a file: an object with or without its braces.</summary>
    public ObjectExpr ParseDocument()
    {
        SkipBlank();
        var root = new ObjectExpr(_token.Origin);
        if (_token.Kind == TokenKind.OpenBracket)
        {
            throw Error("'[' at the root", "an object: a configuration has keys at its root");
        }

        if (_token.Kind == TokenKind.OpenBrace)
        {
            root = ParseBraced();
            SkipBlank();
            Expect(TokenKind.End, "nothing after the closing '}' of the root");
        }
        else
        {
            ParseFields(root, open: null);
        }

        return root;
    }

    /// <summary>Parses a text that is one value.</summary>
    public Expr ParseSingleValue()
    {
        SkipBlank();
        var value = ParseValue();
        SkipBlank();
        Expect(TokenKind.End, "nothing after the value");
        return value;
    }

    /// <summary>Parses a text that is one path expression.</summary>
    public HoconPath ParseSinglePath()
    {
        var path = new PathBuilder(_token.Origin);
        for (; _token.Kind is TokenKind.Space or TokenKind.Unquoted or TokenKind.Quoted; Advance())
        {
            path.Add(_token);
        }

        Expect(TokenKind.End, "a path such as a.b or \"a b\".c");
        return path.Build();
    }

    private void Advance() => _token = _tokenizer.Next();

    private void SkipSpace()
    {
        while (_token.Kind == TokenKind.Space)
        {
            Advance();
        }
    }

    private bool SkipBlank()
    {
        var newline = false;
        while (_token.Kind is TokenKind.Space or TokenKind.Newline)
        {
            newline |= _token.Kind == TokenKind.Newline;
            Advance();
        }

        return newline;
    }

    private void Expect(TokenKind kind, string allowed)
    {
        if (_token.Kind != kind)
        {
            throw Error(_token.Found, allowed);
        }
    }

    private HoconException Error(string found, string allowed) => new(_token.Origin, $"found {found}; allowed is {allowed}");

    private void Enter(HoconOrigin origin, int levels)
    {
        _depth += levels;
        if (_depth > HoconLimits.MaxDepth)
        {
            throw new HoconException(
                origin, $"found objects and arrays nested more than {HoconLimits.MaxDepth} levels deep; that many are allowed");
        }
    }

    private void CountNode(HoconOrigin origin)
    {
        if (++_nodes > HoconLimits.MaxNodes)
        {
            throw new HoconException(origin, $"found more than {HoconLimits.MaxNodes} values in one file; that many are allowed");
        }
    }
}
