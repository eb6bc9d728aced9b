using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>An immutable object; keys are case sensitive and keep the order of their first appearance.</summary>
public sealed class HoconObject : HoconValue, IReadOnlyDictionary<string, HoconValue>
{
    private readonly OrderedDictionary<string, HoconValue> _fields;

    internal HoconObject(HoconOrigin origin, OrderedDictionary<string, HoconValue> fields)
        : base(origin)
    {
        _fields = fields;
        Weight = 1 + fields.Values.Sum(v => v.Weight);
        Height = 1 + fields.Values.Select(v => v.Height).DefaultIfEmpty(0).Max();
    }

    /// <summary>How many keys the object has.</summary>
    public int Count => _fields.Count;

    /// <summary>The keys in order, each a single path element without quotes.</summary>
    public IEnumerable<string> Keys => _fields.Keys;

    /// <summary>The values in the order of their keys.</summary>
    public IEnumerable<HoconValue> Values => _fields.Values;

    /// <summary>The value of a key of this object; dots in the key are part of it.</summary>
    /// <param name="key">The key, without quotes.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KeyNotFoundException">The object has no such key.</exception>
    public HoconValue this[string key] => _fields[key];

    /// <summary>Tells whether the object has a key, also when its value is null.</summary>
    /// <param name="key">The key, without quotes.</param>
    /// <returns>True when the key is there.</returns>
    public bool ContainsKey(string key) => _fields.ContainsKey(key);

    /// <summary>Reads the value of a key of this object.</summary>
    /// <param name="key">The key, without quotes; dots are part of it.</param>
    /// <param name="value">The value; null when the method returns false.</param>
    /// <returns>False when the object has no such key.</returns>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out HoconValue value) => _fields.TryGetValue(key, out value);

    /// <summary>Walks down from this object.</summary>
    /// <param name="path">The path elements, without quotes.</param>
    /// <returns>The value at the end of the path, or null when an element is missing or is not an object.</returns>
    public HoconValue? Find(params ReadOnlySpan<string> path)
    {
        HoconValue? value = this;
        foreach (var key in path)
        {
            value = value is HoconObject map && map._fields.TryGetValue(key, out var next) ? next : null;
        }

        return value;
    }

    /// <summary>Walks the fields in order.</summary>
    /// <returns>The enumerator.</returns>
    public IEnumerator<KeyValuePair<string, HoconValue>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
