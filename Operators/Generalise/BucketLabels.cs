using System.Globalization;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Names buckets.</summary>
internal static class BucketLabels
{
    /// <summary>The names, from the bucket below the first edge to the one from the last edge on.</summary>
    /// <param name="edges">The edges.</param>
    /// <param name="isWhole">Whether the numbers are whole.</param>
    /// <returns>One name more than edges.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<long> edges, bool isWhole)
    {
        var labels = new List<string> { $"<{Text(edges[0])}" };
        for (var i = 1; i < edges.Count; i++)
        {
            labels.Add(isWhole ? Whole(edges[i - 1], edges[i] - 1) : $"[{Text(edges[i - 1])},{Text(edges[i])})");
        }

        labels.Add($"{Text(edges[^1])}+");
        return labels;
    }

    // '-10--1' would be hard to read.
    private static string Whole(long first, long last) =>
        first == last ? Text(first) : first < 0 ? $"{Text(first)} to {Text(last)}" : $"{Text(first)}-{Text(last)}";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
