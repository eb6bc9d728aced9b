using AkkaPrivacy.Hosting.Hocon.Syntax;

namespace AkkaPrivacy.Hosting.Hocon.Resolution;

/// <summary>
/// A place in the resolved tree with the stack of values given to it, highest priority first. The shape seen from
/// layer i downwards is computed once, when it is first asked for.
/// </summary>
internal sealed class Cell(Cell? parent, string key, Expr[] layers)
{
    private readonly Cell? _parent = parent;
    private readonly string _key = key;
    private readonly Shape?[] _shapes = new Shape?[layers.Length];

    public Expr[] Layers => layers;

    /// <summary>The layer being evaluated, or -1; a lookup that arrives here meanwhile looks back below it.</summary>
    public int Evaluating { get; set; } = -1;

    public HoconOrigin Origin => layers[0].Origin;

    public string Path
    {
        get
        {
            var elements = new List<string>();
            for (var cell = this; cell._parent is not null; cell = cell._parent)
            {
                elements.Add(HoconPath.Quote(cell._key));
            }

            elements.Reverse();
            return string.Join('.', elements);
        }
    }

    public ref Shape? ShapeFrom(int layer) => ref _shapes[layer];
}

/// <summary>A layer that is another cell's value: a field of an object that came through a substitution.</summary>
internal sealed class CellExpr(Cell cell) : Expr(cell.Origin)
{
    public Cell Cell { get; } = cell;
}
