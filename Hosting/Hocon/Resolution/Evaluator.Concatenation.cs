using System.Text;
using AkkaPrivacy.Hosting.Hocon.Syntax;

namespace AkkaPrivacy.Hosting.Hocon.Resolution;

/// <summary>Joins the parts of a value: text with text, arrays with arrays, objects with objects.</summary>
internal sealed partial class Evaluator
{
    private Shape Concatenate(ConcatExpr concat, Cell cell)
    {
        var parts = concat.Parts
            .Select(p => (Expr: p, Shape: p is SpaceExpr ? Shape.Missing : Evaluate(p, cell)))
            .ToList();
        if (parts.Exists(p => p.Shape == Shape.Failed))
        {
            return Shape.Failed;
        }

        var values = parts.FindAll(p => p.Shape != Shape.Missing);
        if (values.Count == 0 || (values.Count == 1 && !parts.Exists(p => p.Expr is SpaceExpr)))
        {
            return values.Count == 0 ? Shape.Missing : values[0].Shape;
        }

        if (values.Exists(p => p.Shape is ArrayShape))
        {
            return JoinArrays(concat, values);
        }

        return values.Exists(p => p.Shape is ObjectShape) ? JoinObjects(values, cell) : JoinText(concat, parts);
    }

    private Shape JoinArrays(ConcatExpr concat, List<(Expr Expr, Shape Shape)> values)
    {
        var items = new List<Cell>();
        foreach (var (expr, shape) in values)
        {
            IReadOnlyList<Cell>? more = shape switch
            {
                ArrayShape array => array.Items,
                ObjectShape map => IndexedObject.Sort(map.Fields),
                _ => null,
            };
            if (more is null)
            {
                return Mixed(expr, shape, "an array", "arrays, or objects with numbers as keys,");
            }

            diagnostics.ChargeNodes(more.Count, expr.Origin);
            items.AddRange(more);
        }

        return new ArrayShape(concat.Origin, items);
    }

    private Shape JoinObjects(List<(Expr Expr, Shape Shape)> values, Cell cell)
    {
        ObjectShape? joined = null;
        foreach (var (expr, shape) in values)
        {
            if (shape is not ObjectShape map)
            {
                return Mixed(expr, shape, "an object", "objects");
            }

            joined = joined is null || joined == map ? map : Merge(map, joined, cell);
        }

        return joined!;
    }

    private Shape Mixed(Expr expr, Shape shape, string kind, string allowed)
    {
        var found = shape is ObjectShape ? "an object" : "a string, number, boolean or null";
        return diagnostics.Report(expr.Origin, $"found {found} joined with {kind} (here or through a substitution); allowed beside {kind} are other {allowed} on the same line");
    }

    private ScalarShape JoinText(ConcatExpr concat, List<(Expr Expr, Shape Shape)> parts)
    {
        var text = new StringBuilder();
        foreach (var (expr, shape) in parts)
        {
            var part = shape is ScalarShape scalar ? scalar.Value.Text : (expr as SpaceExpr)?.Text ?? "";
            diagnostics.ChargeChars(part.Length, expr.Origin);
            text.Append(part);
        }

        return new ScalarShape(new HoconScalar(concat.Origin, text.ToString(), HoconScalarKind.Unquoted));
    }
}
