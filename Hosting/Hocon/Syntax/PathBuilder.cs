using System.Collections.Immutable;
using System.Text;

namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>Builds a path from the tokens of a path expression: dots outside quotes separate its elements.</summary>
internal sealed class PathBuilder(HoconOrigin origin)
{
    private readonly ImmutableArray<string>.Builder _elements = ImmutableArray.CreateBuilder<string>();
    private readonly StringBuilder _element = new();
    private string _space = "";
    private bool _quoted;
    private bool _any;

    public bool IsEmpty => !_any;

    public void Add(Token token)
    {
        if (token.Kind == TokenKind.Space)
        {
            _space = _any ? _space + token.Text : "";
            return;
        }

        _any = true;
        _element.Append(_space);
        _space = "";
        if (token.Kind == TokenKind.Quoted)
        {
            _element.Append(token.Text);
            _quoted = true;
        }
        else
        {
            AddUnquoted(token.Text);
        }
    }

    public HoconPath Build()
    {
        if (!_any)
        {
            throw new HoconException(origin, "found an empty path; allowed is a path such as a.b or \"a b\".c");
        }

        Finish();
        return new HoconPath(_elements.ToImmutable());
    }

    private void AddUnquoted(string text)
    {
        var start = 0;
        for (var dot = text.IndexOf('.'); dot >= 0; dot = text.IndexOf('.', start))
        {
            _element.Append(text, start, dot - start);
            Finish();
            start = dot + 1;
        }

        _element.Append(text, start, text.Length - start);
    }

    private void Finish()
    {
        if (_element.Length == 0 && !_quoted)
        {
            throw new HoconException(origin, "found a path that starts or ends with '.' or has '..'; allowed is an empty element written as \"\"");
        }

        if (_elements.Count == HoconLimits.MaxDepth)
        {
            throw new HoconException(origin, $"found a path with more than {HoconLimits.MaxDepth} elements; that many levels are allowed");
        }

        _elements.Add(_element.ToString());
        _element.Clear();
        _quoted = false;
    }
}
