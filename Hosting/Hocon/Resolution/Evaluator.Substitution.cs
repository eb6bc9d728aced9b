using AkkaPrivacy.Hosting.Hocon.Syntax;

namespace AkkaPrivacy.Hosting.Hocon.Resolution;

/// <summary>Looks substitutions up.</summary>
internal sealed partial class Evaluator
{
    private Shape Substitute(SubstitutionExpr substitution)
    {
        string? cycle = null;
        foreach (var scope in substitution.Scopes.Append(HoconPath.Root))
        {
            var found = Lookup(scope.Append(substitution.Path), ref cycle);
            if (found != Shape.Missing)
            {
                return found;
            }
        }

        return FromEnvironment(substitution) ?? (substitution.Optional ? Shape.Missing : Undefined(substitution, cycle));
    }

    private Shape Lookup(HoconPath path, ref string? cycle)
    {
        var shape = Current(Root);
        foreach (var key in path.Elements)
        {
            if (shape is not ObjectShape map || !map.Fields.TryGetValue(key, out var cell))
            {
                return shape == Shape.Failed ? shape : Shape.Missing;
            }

            var looksBack = cell.Evaluating >= 0;
            shape = Current(cell);
            if (shape == Shape.Missing)
            {
                cycle ??= looksBack ? ChainFrom(cell) : null;
                return shape;
            }
        }

        return shape;
    }

    private string ChainFrom(Cell cell)
    {
        var start = _chain.IndexOf(cell);
        return string.Join(" -> ", _chain.Skip(start).Append(cell).Select(c => c.Path));
    }

    private ScalarShape? FromEnvironment(SubstitutionExpr substitution)
    {
        var name = string.Join('.', substitution.Path.Elements);
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal) || environment(name) is not { } text)
        {
            return null;
        }

        var origin = new HoconOrigin($"environment variable {name}", 0, 0);
        return new ScalarShape(new HoconScalar(origin, text, HoconScalarKind.Quoted));
    }

    private Shape Undefined(SubstitutionExpr substitution, string? cycle)
    {
        var found = $"found ${{{substitution.Path}}}";
        var allowed = $"allowed is a path that is set here, in an included file or as an environment variable, or ${{?{substitution.Path}}} if it may be absent";
        return diagnostics.Report(substitution.Origin, cycle is null
            ? $"{found}, which is not defined; {allowed}"
            : $"{found}, which refers back to itself without an earlier value: {cycle}; {allowed}");
    }
}
