using System.Globalization;
using System.Text;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>Makes events: JSON lines of exactly 100 bytes with the line feed, the same for the same seed.</summary>
/// <remarks>
/// An event:
/// <code>{"time":"2026-03-01T10:00:00.123Z","user":"user-0012345@example.org","page":"/page/017","ms":12345}</code>
/// Times advance evenly, users are drawn alike, pages by Zipf's law with exponent 1.
/// </remarks>
internal static class JsonLines
{
    /// <summary>Bytes in a line, line feed included.</summary>
    public const int LineBytes = 100;

    /// <summary>Different users.</summary>
    public const int Users = 50_000;

    /// <summary>Different pages.</summary>
    public const int Pages = 100;

    /// <summary>Events in a minute of event time, so that a million spans ten minutes.</summary>
    public const int EventsPerMinute = 100_000;

    private const int ShortestVisit = 10_000;
    private const int LongestVisit = 99_999;

    private static readonly DateTime Start = new(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc);

    /// <summary>Makes lines.</summary>
    /// <param name="events">How many, 1 to 20,000,000.</param>
    /// <param name="seed">Which ones.</param>
    /// <returns>The lines, one after the other.</returns>
    public static byte[] Create(int events, int seed)
    {
        var random = new Random(seed);
        double[] pages = ZipfDistribution();
        var lines = new byte[checked(events * LineBytes)];
        for (int i = 0; i < events; i++)
        {
            DateTime time = Start + (TimeSpan.FromMinutes(1) * ((double)i / EventsPerMinute));
            int page = Array.BinarySearch(pages, random.NextDouble());
            page = Math.Min(page < 0 ? ~page : page, Pages - 1);
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"time":"{{time:yyyy-MM-ddTHH:mm:ss.fff}}Z","user":"user-{{random.Next(Users):D7}}@example.org","page":"/page/{{page:D3}}","ms":{{random.Next(ShortestVisit, LongestVisit + 1)}}}""");
            Encoding.ASCII.GetBytes(line + "\n", lines.AsSpan(i * LineBytes, LineBytes));
        }

        return lines;
    }

    // The probability of each page or one before it.
    private static double[] ZipfDistribution()
    {
        double[] weights = [.. Enumerable.Range(1, Pages).Select(rank => 1.0 / rank)];
        double total = weights.Sum();
        double sum = 0;
        return [.. weights.Select(weight => sum += weight / total)];
    }
}
