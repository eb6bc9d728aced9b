using System.Text;
using AkkaPrivacy.Hosting.Hocon.Includes;

namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>Include statements.</summary>
internal sealed partial class Parser
{
    private const string IncludeForms = "a quoted file name, file(\"name\") or required(...) around one of them";

    private void ParseInclude(ObjectExpr target)
    {
        var origin = _token.Origin;
        Advance();
        var opening = ParseOpening(out var calls);
        if (_token.Kind != TokenKind.Quoted)
        {
            throw Error($"{_token.Found} after 'include'", IncludeForms);
        }

        var name = _token.Text;
        var nameOrigin = _token.Origin;
        Advance();
        ParseClosing(calls);
        if (calls is ["url" or "classpath" or "package", ..] or [_, "url" or "classpath" or "package"])
        {
            throw new HoconException(opening, $"found {calls[^1]}() in an include; only files can be included: {IncludeForms}");
        }

        if (calls is not ([] or ["required"] or ["file"] or ["required", "file"]))
        {
            throw new HoconException(opening, $"found another form of include; allowed is {IncludeForms}");
        }

        var request = new IncludeRequest(nameOrigin, name, calls is ["required", ..], calls is [.., "file"]);
        foreach (var included in _includes.Load(request, _context with { Path = _path, Scopes = IncludedScopes(), Depth = _depth }))
        {
            CountNode(origin);
            target.Merge(included);
        }
    }

    // Inside an array there is no path to an object, so an included file keeps the scopes of this one.
    private IReadOnlyList<HoconPath> IncludedScopes() =>
        _path is null || _path.IsRoot || _context.Scopes.Contains(_path, PathComparer.Instance)
            ? _context.Scopes
            : [_path, .. _context.Scopes];

    // Collects "required(file(" as its names; spaces and new lines between the pieces do not count.
    private HoconOrigin ParseOpening(out string[] calls)
    {
        var origin = default(HoconOrigin?);
        var text = new StringBuilder();
        for (; _token.Kind is TokenKind.Space or TokenKind.Newline or TokenKind.Unquoted; Advance())
        {
            if (_token.Kind == TokenKind.Unquoted)
            {
                origin ??= _token.Origin;
                text.Append(_token.Text);
            }
        }

        calls = text.ToString().Split('(', StringSplitOptions.TrimEntries);
        if (calls[^1].Length > 0)
        {
            throw new HoconException(origin ?? _token.Origin, $"found an unquoted string after 'include'; allowed is {IncludeForms}");
        }

        calls = calls[..^1];
        return origin ?? _token.Origin;
    }

    private void ParseClosing(string[] calls)
    {
        var open = calls.Length;
        while (open > 0)
        {
            SkipBlank();
            if (_token.Kind != TokenKind.Unquoted || _token.Text.Length > open || _token.Text.Trim(')').Length > 0)
            {
                throw Error($"{_token.Found} inside the parentheses of an include", $"{open} closing ')' after the file name");
            }

            open -= _token.Text.Length;
            Advance();
        }
    }
}
