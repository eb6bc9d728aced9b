using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Configuration.Reading;

/// <content>Options with one value, and lists.</content>
internal sealed partial class Section
{
    /// <summary>An option with a default.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="key">Its key.</param>
    /// <param name="rule">What it may be.</param>
    /// <param name="defaultText">The default, as it would be written.</param>
    /// <returns>The value; the default when it is missing or wrong.</returns>
    public T Get<T>(string key, Rule<T> rule, string defaultText)
    {
        Know(key, rule.Allowed, defaultText);
        if (Read(key, rule, out var value))
        {
            return value;
        }

        return rule.Read(new HoconScalar(Origin, defaultText, HoconScalarKind.Unquoted), out value)
            ? value
            : throw new InvalidOperationException($"The default of '{PathOf(key)}' breaks its own rule.");
    }

    /// <summary>An option that must be written.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="key">Its key.</param>
    /// <param name="rule">What it may be.</param>
    /// <param name="standIn">Lets reading go on after a mistake.</param>
    /// <returns>The value; <paramref name="standIn"/> when it is missing or wrong.</returns>
    public T Require<T>(string key, Rule<T> rule, T standIn)
    {
        Know(key, rule.Allowed, null);
        if (!Has(key))
        {
            Missing(key, rule.Allowed);
        }

        return Read(key, rule, out var value) ? value : standIn;
    }

    /// <summary>An option that may be left out.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="key">Its key.</param>
    /// <param name="rule">What it may be.</param>
    /// <param name="value">The value.</param>
    /// <returns>False when it is missing or wrong.</returns>
    public bool TryGet<T>(string key, Rule<T> rule, out T value)
    {
        Know(key, rule.Allowed, null);
        return Read(key, rule, out value);
    }

    /// <summary>A list of values; missing reads as empty.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <param name="key">Its key.</param>
    /// <param name="rule">What each may be.</param>
    /// <param name="defaultText">The default, as it would be written; null when there is none.</param>
    /// <returns>The values that are right.</returns>
    public IReadOnlyList<T> List<T>(string key, Rule<T> rule, string? defaultText = "[]")
    {
        Know(key, $"a list of {rule.Allowed}", defaultText);
        var values = new List<T>();
        foreach (var item in Items(key, $"a list, each element {rule.Allowed}"))
        {
            if (ReadItem(item, PathOf(key), rule, out var value))
            {
                values.Add(value);
            }
        }

        return values;
    }

    /// <summary>A list whose elements are texts or lists of texts; a text counts as a list of one.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The elements; null when the key is missing.</returns>
    public IReadOnlyList<IReadOnlyList<string>>? Keys(string key)
    {
        const string Allowed = "a list of texts, or of lists with one text for each group-by field";
        Know(key, Allowed, null);
        return Has(key) ? [.. Items(key, Allowed).Select(item => Parts(item, key, Allowed)).OfType<IReadOnlyList<string>>()] : null;
    }

    /// <summary>Notes that a key that must be written was not.</summary>
    /// <param name="key">The key.</param>
    /// <param name="allowed">What it may be.</param>
    public void Missing(string key, string allowed) => Context.Add(Origin, PathOf(key), $"missing; allowed is {allowed}");

    /// <summary>A value that is a name, or an object with one key: a name and its options.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="allowed">What it may be.</param>
    /// <returns>The name and its options (absent for a bare name); null when it is missing or wrong.</returns>
    public (string Name, Section Options)? Variant(string key, string allowed)
    {
        Know(key, allowed, null);
        switch (Value(key))
        {
            case null:
                return null;
            case HoconScalar scalar:
                return (scalar.Text, new Section(Context, null, $"{PathOf(key)}.{scalar.Text}", $"{Pattern}.{key}.{scalar.Text}", scalar.Origin));
            case HoconObject { Count: 1 } map:
                var outer = new Section(Context, map, PathOf(key), $"{Pattern}.{key}", map.Origin);
                return (map.Keys.First(), outer.Child(map.Keys.First()));
            case var other:
                Error(key, $"found {(other is HoconObject ? "an object with other than one key" : Describe(other))}; allowed is {allowed}");
                return null;
        }
    }

    private static bool IsText(HoconValue value) => value is HoconScalar { IsNull: false };

    private void Know(string key, string allowed, string? defaultText)
    {
        _known.Add(key);
        Context.Known.Add(new KnownOption(Join(Pattern, key), defaultText, allowed));
    }

    private bool Read<T>(string key, Rule<T> rule, out T value)
    {
        value = default!;
        return Value(key) is { } found && ReadItem(found, PathOf(key), rule, out value);
    }

    private bool ReadItem<T>(HoconValue found, string path, Rule<T> rule, out T value)
    {
        if (found is HoconScalar { IsNull: false } scalar && rule.Read(scalar, out value))
        {
            return true;
        }

        value = default!;
        Context.Add(found.Origin, path, $"found {Describe(found)}; allowed is {rule.Allowed}");
        return false;
    }

    private IEnumerable<HoconValue> Items(string key, string allowed)
    {
        if (Value(key) is not { } value)
        {
            return [];
        }

        if (value.TryGetArray(out var array))
        {
            return array;
        }

        Error(key, $"found {Describe(value)}; allowed is {allowed}");
        return [];
    }

    private IReadOnlyList<string>? Parts(HoconValue item, string key, string allowed)
    {
        if (IsText(item))
        {
            return [((HoconScalar)item).Text];
        }

        if (item is HoconArray array && array.All(IsText))
        {
            return [.. array.Select(part => ((HoconScalar)part).Text)];
        }

        Context.Add(item.Origin, PathOf(key), $"found {Describe(item)}; allowed is {allowed}");
        return null;
    }
}
