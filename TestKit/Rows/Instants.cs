using System.Globalization;

namespace AkkaPrivacy.TestKit.Rows;

/// <summary>Instants as tests write them.</summary>
internal static class Instants
{
    public static DateTimeOffset Parse(string text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
        ? time
        : throw new ArgumentException($"'{text}' is no instant; write it as 2026-03-02T10:00Z.", nameof(text));

    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    public static string Text(long timeMs) => Text(DateTimeOffset.FromUnixTimeMilliseconds(timeMs));

    /// <summary>Row numbers in short: <c>row 3</c>, <c>rows 1-4, 9</c>.</summary>
    public static string Rows(IEnumerable<long> positions)
    {
        var parts = new List<string>();
        var sorted = positions.Distinct().Order().ToList();
        for (var i = 0; i < sorted.Count;)
        {
            var end = i;
            while (end + 1 < sorted.Count && sorted[end + 1] == sorted[end] + 1)
            {
                end++;
            }

            parts.Add(end == i ? $"{sorted[i]}" : $"{sorted[i]}-{sorted[end]}");
            i = end + 1;
        }

        return $"{(sorted.Count == 1 ? "row" : "rows")} {string.Join(", ", parts)}";
    }
}
