using System.Collections.Immutable;

namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>The elements of a path expression.</summary>
internal sealed record HoconPath(ImmutableArray<string> Elements)
{
    public static readonly HoconPath Root = new(ImmutableArray<string>.Empty);

    public bool IsRoot => Elements.IsEmpty;

    public HoconPath Append(HoconPath other) => new(Elements.AddRange(other.Elements));

    public HoconPath Append(string element) => new(Elements.Add(element));

    public override string ToString() => string.Join('.', Elements.Select(Quote));

    /// <summary>Writes a path element the way a file would, in quotes where it needs them.</summary>
    public static string Quote(string element)
    {
        var plain = element.Length > 0 && element.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '[' or ']');
        return plain ? element : $"\"{element.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
