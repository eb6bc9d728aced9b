using System.Collections;

namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>An immutable list of values.</summary>
public sealed class HoconArray : HoconValue, IReadOnlyList<HoconValue>
{
    private readonly IReadOnlyList<HoconValue> _items;

    internal HoconArray(HoconOrigin origin, IReadOnlyList<HoconValue> items)
        : base(origin)
    {
        _items = items;
        Weight = 1 + items.Sum(i => i.Weight);
        Height = 1 + items.Select(i => i.Height).DefaultIfEmpty(0).Max();
    }

    /// <summary>How many elements the array has.</summary>
    public int Count => _items.Count;

    /// <summary>The element at a place.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>The element.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the array.</exception>
    public HoconValue this[int index] => _items[index];

    /// <summary>Walks the elements in order.</summary>
    /// <returns>The enumerator.</returns>
    public IEnumerator<HoconValue> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
