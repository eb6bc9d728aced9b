using System.Globalization;

namespace AkkaPrivacy.Hosting.Hocon.Resolution;

/// <summary>Turns objects whose keys are numbers into arrays, where an array is wanted.</summary>
internal static class IndexedObject
{
    /// <summary>The values with numeric keys in the order of those numbers; null when there is none.</summary>
    public static List<T>? Sort<T>(IEnumerable<KeyValuePair<string, T>> fields)
    {
        var indexed = fields
            .Select(f => (Index: int.TryParse(f.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var i) ? i : -1, f.Value))
            .Where(f => f.Index >= 0)
            .OrderBy(f => f.Index)
            .Select(f => f.Value)
            .ToList();
        return indexed.Count == 0 ? null : indexed;
    }
}
