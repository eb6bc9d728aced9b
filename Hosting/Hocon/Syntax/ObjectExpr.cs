namespace AkkaPrivacy.Hosting.Hocon.Syntax;

/// <summary>An object as written; each key holds the stack of values given to it.</summary>
internal sealed class ObjectExpr(HoconOrigin origin) : Expr(origin)
{
    public OrderedDictionary<string, Slot> Slots { get; } = new(StringComparer.Ordinal);

    public Slot SlotOf(string key)
    {
        if (!Slots.TryGetValue(key, out var slot))
        {
            slot = new Slot();
            Slots.Add(key, slot);
        }

        return slot;
    }

    /// <summary>Walks to the slot of a path, adding the objects on the way.</summary>
    public Slot SlotOf(HoconPath path, HoconOrigin origin)
    {
        var target = this;
        foreach (var key in path.Elements.AsSpan()[..^1])
        {
            target = target.SlotOf(key).OpenObject(origin);
        }

        return target.SlotOf(path.Elements[^1]);
    }

    /// <summary>Lays the fields of another object over this one's.</summary>
    public void Merge(ObjectExpr over)
    {
        foreach (var (key, slot) in over.Slots)
        {
            SlotOf(key).AddAll(slot);
        }
    }

    /// <summary>Copies every object that a later merge could change.</summary>
    public ObjectExpr Clone()
    {
        var copy = new ObjectExpr(Origin);
        foreach (var (key, slot) in Slots)
        {
            copy.Slots.Add(key, slot.Clone());
        }

        return copy;
    }
}
