namespace AkkaPrivacy.Hosting.Hocon.Resolution;

/// <summary>What a value is, with fields and elements still unevaluated: enough to walk a path through it.</summary>
internal abstract class Shape
{
    /// <summary>Nothing: an optional substitution without a value.</summary>
    public static readonly Shape Missing = new NoShape();

    /// <summary>An error that was already reported.</summary>
    public static readonly Shape Failed = new NoShape();

    private sealed class NoShape : Shape;
}

internal sealed class ScalarShape(HoconScalar value) : Shape
{
    public HoconScalar Value { get; } = value;
}

internal sealed class ArrayShape(HoconOrigin origin, IReadOnlyList<Cell> items) : Shape
{
    public HoconOrigin Origin { get; } = origin;

    public IReadOnlyList<Cell> Items { get; } = items;

    public BuildState State { get; } = new();
}

/// <summary>An object; <paramref name="owner"/> is the cell whose layers its fields come from.</summary>
internal sealed class ObjectShape(HoconOrigin origin, Cell owner, OrderedDictionary<string, Cell> fields) : Shape
{
    public HoconOrigin Origin { get; } = origin;

    public Cell Owner { get; } = owner;

    public OrderedDictionary<string, Cell> Fields { get; } = fields;

    /// <summary>The owner's objects that were merged into this one; merging them below it again would change nothing.</summary>
    public HashSet<ObjectShape> Parts { get; } = [];

    public BuildState State { get; } = new();
}

/// <summary>The finished value of a shape, shared by every place that refers to it.</summary>
internal sealed class BuildState
{
    public bool Building { get; set; }

    public HoconValue? Value { get; set; }
}
