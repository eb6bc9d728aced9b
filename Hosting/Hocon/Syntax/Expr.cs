namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>A value as written, before substitutions are resolved.</summary>
internal abstract class Expr(HoconOrigin origin)
{
    public HoconOrigin Origin { get; } = origin;
}

internal sealed class ScalarExpr(HoconScalar value) : Expr(value.Origin)
{
    public HoconScalar Value { get; } = value;
}

/// <summary>Spaces between two parts of a concatenation: kept between strings, ignored between objects or arrays.</summary>
internal sealed class SpaceExpr(HoconOrigin origin, string text) : Expr(origin)
{
    public string Text { get; } = text;
}

/// <summary>An array; elements are appended only while its own file is parsed.</summary>
internal sealed class ArrayExpr(HoconOrigin origin, List<Expr> items) : Expr(origin)
{
    public List<Expr> Items { get; } = items;
}

/// <summary>Several parts on one line that become one value.</summary>
internal sealed class ConcatExpr(HoconOrigin origin, IReadOnlyList<Expr> parts) : Expr(origin)
{
    public IReadOnlyList<Expr> Parts { get; } = parts;
}

/// <summary>A substitution; it is looked up below each scope in turn, then from the root.</summary>
internal sealed class SubstitutionExpr(HoconOrigin origin, HoconPath path, bool optional, IReadOnlyList<HoconPath> scopes)
    : Expr(origin)
{
    public HoconPath Path { get; } = path;

    public bool Optional { get; } = optional;

    /// <summary>Paths of the objects whose include statements led to this file, innermost first; the root is not listed.</summary>
    public IReadOnlyList<HoconPath> Scopes { get; } = scopes;
}

/// <summary>The value the field had before: the left side of <c>+=</c>.</summary>
internal sealed class PreviousExpr(HoconOrigin origin) : Expr(origin);
