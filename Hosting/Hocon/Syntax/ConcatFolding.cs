namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>Joins the parts of a value that need no resolution: strings, literal objects, literal arrays.</summary>
internal static class ConcatFolding
{
    public static Expr Fold(List<Expr> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        if (parts.TrueForAll(p => p is ScalarExpr or SpaceExpr))
        {
            return new ScalarExpr(Join(parts));
        }

        var values = parts.FindAll(p => p is not SpaceExpr);
        if (values.TrueForAll(p => p is ObjectExpr))
        {
            var first = (ObjectExpr)values[0];
            values.Skip(1).Cast<ObjectExpr>().ToList().ForEach(first.Merge);
            return first;
        }

        return values.TrueForAll(p => p is ArrayExpr)
            ? new ArrayExpr(values[0].Origin, values.SelectMany(p => ((ArrayExpr)p).Items).ToList())
            : new ConcatExpr(parts[0].Origin, parts);
    }

    private static HoconScalar Join(List<Expr> parts)
    {
        var text = string.Concat(parts.Select(p => p is ScalarExpr scalar ? scalar.Value.Text : ((SpaceExpr)p).Text));
        return new HoconScalar(parts[0].Origin, text, HoconScalarKind.Unquoted);
    }
}
