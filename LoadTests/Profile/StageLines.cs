using System.Globalization;
using System.Text;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Profile;

/// <summary>Made-up requests with a value for every stage that <c>profile stages</c> measures, the same each time.</summary>
/// <remarks>
/// One row in 50 is a repetition of the row before. A table of sections gives pages a name, a weight and versions over time.
/// </remarks>
internal static class StageLines
{
    /// <summary>Different pages, and rows of the tables.</summary>
    public const int Pages = 100;

    private const int Users = 20_000;
    private const int Seed = 20260301;
    private const int Repeated = 50;
    private static readonly DateTime Start = new(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc);

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "curl/8.5.0",
    ];

    /// <summary>The table of pages: section and weight.</summary>
    public static string Sections { get; } =
        "page,section,weight\n" + string.Concat(Enumerable.Range(0, Pages).Select(page => $"{Page(page)},section-{page % 7},{1 + (page % 4)}\n"));

    /// <summary>The table of pages with versions: their owner since an instant.</summary>
    public static string Owners { get; } =
        "page,since,owner\n" + string.Concat(Enumerable.Range(0, Pages).Select(page => $"{Page(page)},2026-01-01,team-{page % 5}\n{Page(page)},2026-03-01T10:02:00Z,team-{page % 3}\n"));

    /// <summary>Makes lines.</summary>
    /// <param name="rows">How many.</param>
    /// <returns>The lines.</returns>
    public static byte[] Create(int rows)
    {
        var random = new Random(Seed);
        var text = new StringBuilder();
        var line = string.Empty;
        for (var i = 0; i < rows; i++)
        {
            line = i % Repeated == Repeated - 1 ? line : Line(random, i);
            text.Append(line).Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>A page's name.</summary>
    /// <param name="page">The page, 0 to <see cref="Pages"/> - 1.</param>
    /// <returns>Its path.</returns>
    public static string Page(int page) => $"/page/{page:D3}";

    private static string Line(Random random, int index)
    {
        var time = Start + (TimeSpan.FromMinutes(1) * ((double)index / JsonLines.EventsPerMinute));
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"time":"{{time:yyyy-MM-ddTHH:mm:ss.fff}}Z","user":"user-{{random.Next(Users):D7}}@example.org","id":"{{index:x16}}","page":"{{Page(random.Next(Pages))}}","ip":"198.51.{{random.Next(256)}}.{{random.Next(256)}}","agent":"{{Agents[random.Next(Agents.Length)]}}","referrer":"https://www{{random.Next(20)}}.example.com/a/b?c=d","status":{{200 + (100 * random.Next(4))}},"ms":{{random.Next(5000)}}}""");
    }
}
