using System.Runtime.CompilerServices;
using AkkaPrivacy.Hosting.Hocon.Syntax;

namespace AkkaPrivacy.Hosting.Hocon.Resolution;

/// <summary>
/// Finds the shape of cells on demand. A substitution looks at the final value of its path; when that value is
/// itself being evaluated, the lookup sees what the field held before (the layers below the one in evaluation).
/// Each substitution is evaluated once and its result kept.
/// </summary>
internal sealed partial class Evaluator(ObjectExpr root, Func<string, string?> environment, Diagnostics diagnostics)
{
    private readonly List<Cell> _chain = [];

    public Cell Root { get; } = new(null, "", [root]);

    /// <summary>The shape of a cell, or of what it held before while it is being evaluated.</summary>
    public Shape Current(Cell cell) => From(cell, cell.Evaluating + 1);

    private Shape From(Cell cell, int layer)
    {
        if (layer == cell.Layers.Length)
        {
            return Shape.Missing;
        }

        if (cell.ShapeFrom(layer) is { } known)
        {
            return known;
        }

        var shape = Guarded(cell, layer);
        cell.ShapeFrom(layer) = shape;
        return shape;
    }

    private Shape Guarded(Cell cell, int layer)
    {
        if (_chain.Count == HoconLimits.MaxEvaluationDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw diagnostics.Fatal(cell.Layers[layer].Origin, $"found a chain of more than {HoconLimits.MaxEvaluationDepth} substitutions; that many are allowed");
        }

        var outer = cell.Evaluating;
        cell.Evaluating = layer;
        _chain.Add(cell);
        var top = Evaluate(cell.Layers[layer], cell);
        var shape = OverLower(top, cell, layer);
        _chain.RemoveAt(_chain.Count - 1);
        cell.Evaluating = outer;
        return shape;
    }

    private Shape OverLower(Shape top, Cell cell, int layer)
    {
        if (top == Shape.Missing)
        {
            return From(cell, layer + 1);
        }

        if (top is not ObjectShape map || layer + 1 == cell.Layers.Length)
        {
            return top;
        }

        return From(cell, layer + 1) switch
        {
            ObjectShape lower when lower != map && !map.Parts.Contains(lower) => Merge(map, lower, cell),
            var lower => lower == Shape.Failed ? lower : map,
        };
    }

    private Shape Evaluate(Expr expr, Cell cell) => expr switch
    {
        ScalarExpr scalar => new ScalarShape(scalar.Value),
        ObjectExpr map => OfLiteral(map, cell),
        ArrayExpr array => OfLiteral(array, cell),
        SubstitutionExpr substitution => Substitute(substitution),
        ConcatExpr concat => Concatenate(concat, cell),
        PreviousExpr => From(cell, cell.Evaluating + 1),
        CellExpr reference => Current(reference.Cell),
        _ => throw new InvalidOperationException($"An expression of type {expr.GetType().Name} has no value of its own."),
    };

    private ArrayShape OfLiteral(ArrayExpr array, Cell cell)
    {
        diagnostics.ChargeNodes(array.Items.Count, array.Origin);
        return new ArrayShape(array.Origin, [.. array.Items.Select((item, i) => new Cell(cell, $"[{i}]", [item]))]);
    }

    private ObjectShape OfLiteral(ObjectExpr map, Cell cell)
    {
        var fields = new OrderedDictionary<string, Cell>(map.Slots.Count, StringComparer.Ordinal);
        foreach (var (key, slot) in map.Slots)
        {
            fields.Add(key, NewCell(cell, key, [.. slot.Layers.Reverse()]));
        }

        return new ObjectShape(map.Origin, cell, fields);
    }

    private Cell NewCell(Cell parent, string key, Expr[] layers)
    {
        diagnostics.ChargeNodes(layers.Length, layers[0].Origin);
        return new Cell(parent, key, layers);
    }

    /// <summary>Lays one object over another, as fields of <paramref name="owner"/>.</summary>
    /// <remarks>A layer that is already there with a higher priority adds nothing a second time.</remarks>
    private ObjectShape Merge(ObjectShape over, ObjectShape under, Cell owner)
    {
        var fields = Own(under, owner);
        foreach (var (key, cell) in Own(over, owner))
        {
            fields[key] = fields.TryGetValue(key, out var lower)
                ? NewCell(owner, key, [.. cell.Layers.Union(lower.Layers)])
                : cell;
        }

        var merged = new ObjectShape(over.Origin, owner, fields);
        foreach (var part in new[] { over, under }.Where(p => p.Owner == owner))
        {
            merged.Parts.Add(part);
            merged.Parts.UnionWith(part.Parts);
        }

        return merged;
    }

    // Fields of another cell's object stay that cell's: here they become references, so that each is evaluated once.
    private OrderedDictionary<string, Cell> Own(ObjectShape shape, Cell owner)
    {
        diagnostics.ChargeNodes(shape.Fields.Count, shape.Origin);
        var fields = new OrderedDictionary<string, Cell>(shape.Fields.Count, StringComparer.Ordinal);
        foreach (var (key, cell) in shape.Fields)
        {
            fields.Add(key, shape.Owner == owner ? cell : new Cell(owner, key, [new CellExpr(cell)]));
        }

        return fields;
    }
}
