using AkkaPrivacy.Hosting.Hocon.Syntax;

namespace AkkaPrivacy.Hosting.Hocon.Resolution;

/// <summary>Turns shapes into finished values, from the root down, and reports every error on the way.</summary>
internal sealed class TreeBuilder
{
    private readonly Evaluator _evaluator;
    private readonly Diagnostics _diagnostics;
    private readonly List<(Cell Cell, Shape Shape)> _open = [];

    private TreeBuilder(ObjectExpr root, Func<string, string?> environment)
    {
        _diagnostics = new Diagnostics();
        _evaluator = new Evaluator(root, environment, _diagnostics);
    }

    public static HoconObject Build(ObjectExpr root, Func<string, string?> environment)
    {
        var builder = new TreeBuilder(root, environment);
        var result = builder.Build(builder._evaluator.Root);
        builder._diagnostics.ThrowIfAny();
        return (HoconObject)result!;
    }

    // Null when there is nothing to add: the value is missing or an error was reported.
    private HoconValue? Build(Cell cell)
    {
        var shape = _evaluator.Current(cell);
        return shape switch
        {
            ScalarShape scalar => scalar.Value,
            ArrayShape array => Once(cell, array, array.State, () => OfArray(array)),
            ObjectShape map => Once(cell, map, map.State, () => OfObject(map)),
            _ => null,
        };
    }

    private HoconValue? Once(Cell cell, Shape shape, BuildState state, Func<HoconValue> build)
    {
        if (state.Value is not null)
        {
            return state.Value;
        }

        if (state.Building)
        {
            var chain = _open.SkipWhile(o => o.Shape != shape).Select(o => o.Cell).Append(cell).Select(NameOf);
            _diagnostics.Report(cell.Origin, $"found a value that contains itself: {string.Join(" -> ", chain)}; allowed are references without a cycle");
            return null;
        }

        state.Building = true;
        _open.Add((cell, shape));
        if (_open.Count > HoconLimits.MaxDepth + 1)
        {
            throw _diagnostics.Fatal(cell.Origin, TooDeep);
        }

        state.Value = Checked(build(), cell);
        _open.RemoveAt(_open.Count - 1);
        return state.Value;
    }

    private static string NameOf(Cell cell) => cell.Path is { Length: > 0 } path ? path : "the root";

    private static string TooDeep =>
        $"found substitutions that nest values more than {HoconLimits.MaxDepth} levels deep; that many are allowed";

    private HoconValue Checked(HoconValue value, Cell cell)
    {
        if (value.Height > HoconLimits.MaxDepth + 1)
        {
            throw _diagnostics.Fatal(cell.Origin, TooDeep);
        }

        return value.Weight <= HoconLimits.MaxNodes + 1L
            ? value
            : throw _diagnostics.Fatal(cell.Origin, $"found substitutions that expand to more than {HoconLimits.MaxNodes} values; that many are allowed");
    }

    private HoconArray OfArray(ArrayShape shape) =>
        new(shape.Origin, [.. shape.Items.Select(Build).OfType<HoconValue>()]);

    private HoconObject OfObject(ObjectShape shape)
    {
        var fields = new OrderedDictionary<string, HoconValue>(shape.Fields.Count, StringComparer.Ordinal);
        foreach (var (key, cell) in shape.Fields)
        {
            if (Build(cell) is { } value)
            {
                fields.Add(key, value);
            }
        }

        return new HoconObject(shape.Origin, fields);
    }
}
