namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>
/// The values given to one key, lowest priority first. A scalar or array hides all before it, so it clears the
/// stack; it stays below a later object, because it also hides what a fallback document would add.
/// </summary>
internal sealed class Slot
{
    private readonly List<Expr> _layers = [];

    public IReadOnlyList<Expr> Layers => _layers;

    public void Add(Expr value)
    {
        if (value is ScalarExpr or ArrayExpr)
        {
            _layers.Clear();
        }
        else if (value is ObjectExpr map && _layers is [.., ObjectExpr top])
        {
            top.Merge(map);
            return;
        }

        _layers.Add(value);
    }

    public void AddAll(Slot over)
    {
        foreach (var layer in over._layers)
        {
            Add(layer);
        }
    }

    /// <summary>Adds by <c>+=</c>. An array written in full, or an earlier <c>+=</c>, takes the element directly.</summary>
    public void Append(Expr element)
    {
        switch (_layers)
        {
            case [.., ArrayExpr array]:
                array.Items.Add(element);
                break;
            case [.., ConcatExpr { Parts: [PreviousExpr, ArrayExpr added] }]:
                added.Items.Add(element);
                break;
            default:
                _layers.Add(new ConcatExpr(
                    element.Origin, [new PreviousExpr(element.Origin), new ArrayExpr(element.Origin, [element])]));
                break;
        }
    }

    public ObjectExpr OpenObject(HoconOrigin origin)
    {
        if (_layers is not [.., ObjectExpr top])
        {
            top = new ObjectExpr(origin);
            _layers.Add(top);
        }

        return top;
    }

    public Slot Clone()
    {
        var copy = new Slot();
        copy._layers.AddRange(_layers.Select(l => l is ObjectExpr map ? map.Clone() : l));
        return copy;
    }
}
