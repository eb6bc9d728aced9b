using System.Globalization;

namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>Turns text into tokens, one at a time; comments produce none.</summary>
internal sealed partial class Tokenizer(string text, string source)
{
    private int _at = text.StartsWith('\uFEFF') ? 1 : 0;
    private int _line = 1;
    private int _lineStart = text.StartsWith('\uFEFF') ? 1 : 0;

    private HoconOrigin Here => OriginAt(_at);

    public Token Next()
    {
        SkipComment();
        if (_at == text.Length)
        {
            return new Token(TokenKind.End, "", Here);
        }

        return text[_at] switch
        {
            '\n' => Newline(),
            ',' => Single(TokenKind.Comma),
            ':' => Single(TokenKind.Colon),
            '=' => Single(TokenKind.Equals),
            '{' => Single(TokenKind.OpenBrace),
            '}' => Single(TokenKind.CloseBrace),
            '[' => Single(TokenKind.OpenBracket),
            ']' => Single(TokenKind.CloseBracket),
            '+' when Peek(1) == '=' => Symbol(TokenKind.PlusEquals, 2),
            '$' when Peek(1) == '{' => Symbol(
                Peek(2) == '?' ? TokenKind.OptionalSubstitution : TokenKind.Substitution, Peek(2) == '?' ? 3 : 2),
            '"' => Peek(1) == '"' && Peek(2) == '"' ? TripleQuoted() : Quoted(),
            var c when IsSpace(c) => Space(),
            _ => Unquoted(),
        };
    }

    private static bool IsSpace(char c) =>
        c is '\t' or '\v' or '\f' or '\r' or (>= '\u001C' and <= '\u001F') or '\uFEFF'
        || char.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsReserved(char c) =>
        c is '$' or '"' or '{' or '}' or '[' or ']' or ':' or '=' or ',' or '+' or '#' or '`' or '^' or '?' or '!'
            or '@' or '*' or '&' or '\\';

    private char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private HoconOrigin OriginAt(int at) => new(source, _line, at - _lineStart + 1);

    private void SkipComment()
    {
        if (_at < text.Length && (text[_at] == '#' || (text[_at] == '/' && Peek(1) == '/')))
        {
            var end = text.IndexOf('\n', _at);
            _at = end < 0 ? text.Length : end;
        }
    }

    private Token Single(TokenKind kind) => Symbol(kind, 1);

    private Token Symbol(TokenKind kind, int length)
    {
        var token = new Token(kind, "", Here);
        _at += length;
        return token;
    }

    private Token Newline()
    {
        var token = Single(TokenKind.Newline);
        StartLine();
        return token;
    }

    private void StartLine()
    {
        _line++;
        _lineStart = _at;
    }

    private Token Space()
    {
        var (start, origin) = (_at, Here);
        while (_at < text.Length && IsSpace(text[_at]))
        {
            _at++;
        }

        return new Token(TokenKind.Space, text[start.._at], origin);
    }

    private Token Unquoted()
    {
        var (start, origin) = (_at, Here);
        while (_at < text.Length && (IsUnquoted(text[_at]) || IsExponentSign(start)))
        {
            _at++;
        }

        return _at > start ? new Token(TokenKind.Unquoted, text[start.._at], origin) : throw Unexpected();
    }

    private bool IsUnquoted(char c) =>
        !IsReserved(c) && c != '\n' && !IsSpace(c) && !char.IsControl(c) && !(c == '/' && Peek(1) == '/');

    // '+' is reserved, except as the sign of an exponent: 1e+5 is a JSON number.
    private bool IsExponentSign(int start) =>
        text[_at] == '+' && char.IsAsciiDigit(Peek(1)) && _at > start && text[_at - 1] is 'e' or 'E'
        && Units.HoconNumber.IsJsonNumber(text.AsSpan(start, _at - 1 - start));

    private HoconException Unexpected()
    {
        var c = text[_at];
        var found = char.IsControl(c) ? $"the control character U+{(int)c:X4}" : $"'{c}'";
        return new HoconException(Here, $"found {found} outside quotes; allowed is a string in double quotes with it");
    }
}
