using System.Globalization;
using System.Text;

namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>Quoted and triple-quoted strings.</summary>
internal sealed partial class Tokenizer
{
    private Token Quoted()
    {
        var origin = Here;
        var value = new StringBuilder();
        _at++;
        while (_at < text.Length && text[_at] != '"')
        {
            var c = text[_at];
            if (c == '\n')
            {
                throw Unclosed(origin, "the line ends");
            }

            if (c < ' ')
            {
                throw new HoconException(Here, $"found the control character U+{(int)c:X4} in a quoted string; allowed is an escape such as \\t or \\u{(int)c:x4}");
            }

            value.Append(c == '\\' ? Escape() : c);
            _at++;
        }

        if (_at == text.Length)
        {
            throw Unclosed(origin, "the text ends");
        }

        _at++;
        var result = value.ToString();
        CheckSurrogates(result, origin);
        return new Token(TokenKind.Quoted, result, origin);
    }

    private static HoconException Unclosed(HoconOrigin origin, string where) =>
        new(origin, $"found a quoted string that is not closed before {where}; allowed is one closed by '\"' on its line, or three quotes for several lines");

    // Leaves the position at the last character of the escape.
    private char Escape()
    {
        var origin = Here;
        _at++;
        switch (Peek(0))
        {
            case '"': return '"';
            case '\\': return '\\';
            case '/': return '/';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 < text.Length && ushort.TryParse(
                text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _at += 4;
                return (char)code;
            default:
                throw new HoconException(origin, "found an unknown escape; allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits");
        }
    }

    private static void CheckSurrogates(string value, HoconOrigin origin)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(value[i]))
            {
                throw new HoconException(origin, "found half of a surrogate pair; allowed are \\ud800 to \\udfff in pairs");
            }
        }
    }

    private Token TripleQuoted()
    {
        var origin = Here;
        var start = _at + 3;
        var end = text.IndexOf("\"\"\"", start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new HoconException(origin, "found a string opened by three quotes that is not closed; allowed is one closed by three quotes");
        }

        // Further quotes after the closing three belong to the string.
        while (end + 3 < text.Length && text[end + 3] == '"')
        {
            end++;
        }

        for (_at = start; _at < end;)
        {
            if (text[_at++] == '\n')
            {
                StartLine();
            }
        }

        _at = end + 3;
        return new Token(TokenKind.Quoted, text[start..end], origin);
    }
}
