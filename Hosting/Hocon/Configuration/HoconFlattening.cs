using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace AkkaPrivacy.Hosting.Hocon.Configuration;

/// <summary>
/// Flattens a tree to the keys of Microsoft.Extensions.Configuration: levels joined by ':', array indexes as
/// keys. As in its JSON provider an empty object is a null value and an empty array an empty string.
/// </summary>
internal static class HoconFlattening
{
    public static Dictionary<string, string?> Flatten(HoconObject root)
    {
        var seen = new Dictionary<string, (string? Text, HoconOrigin Origin)>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in root)
        {
            Add(seen, key, value);
        }

        return seen.ToDictionary(p => p.Key, p => p.Value.Text, StringComparer.OrdinalIgnoreCase);
    }

    private static void Add(Dictionary<string, (string?, HoconOrigin)> seen, string key, HoconValue value)
    {
        switch (value)
        {
            case HoconObject { Count: > 0 } map:
                foreach (var (name, item) in map)
                {
                    Add(seen, ConfigurationPath.Combine(key, name), item);
                }

                break;
            case HoconArray { Count: > 0 } array:
                for (var i = 0; i < array.Count; i++)
                {
                    Add(seen, ConfigurationPath.Combine(key, i.ToString(CultureInfo.InvariantCulture)), array[i]);
                }

                break;
            default:
                AddText(seen, key, value);
                break;
        }
    }

    private static void AddText(Dictionary<string, (string? Text, HoconOrigin Origin)> seen, string key, HoconValue value)
    {
        var text = value switch
        {
            HoconScalar { IsNull: false } scalar => scalar.Text,
            HoconArray => "",
            _ => null,
        };
        if (!seen.TryAdd(key, (text, value.Origin)))
        {
            throw new HoconException(value.Origin, $"found the key {key} a second time, first at {seen[key].Origin}; flat keys ignore case and use ':' between levels, so each is allowed once");
        }
    }
}
