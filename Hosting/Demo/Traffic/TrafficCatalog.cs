using System.Text;

namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>What the made-up platform hosts and who visits it: sites, pages, browsers, referrers, names.</summary>
internal static class TrafficCatalog
{
    /// <summary>Number of sites.</summary>
    public const int SiteCount = 300;

    private const int PageCount = 200;

    /// <summary>The pages that every site has, most popular first: the known keys of the demo's query.</summary>
    public static readonly string[] LandingPages =
    [
        "/", "/pricing", "/products", "/blog", "/login", "/contact", "/docs", "/about", "/cart", "/search", "/signup", "/careers",
    ];

    /// <summary>Names of the sites by popularity.</summary>
    public static readonly string[] Sites =
        [.. Enumerable.Range(0, SiteCount).Select(i => $"{Adjectives[i % Adjectives.Length]}-{Trades[i / Adjectives.Length]}.example")];

    /// <summary>Paths by popularity, landing pages first.</summary>
    public static readonly string[] Pages =
        [.. LandingPages, .. Enumerable.Range(LandingPages.Length, PageCount - LandingPages.Length).Select(PageOf)];

    /// <summary>The same as JSON text.</summary>
    public static readonly byte[][] SiteBytes = Bytes(Sites);

    /// <inheritdoc cref="SiteBytes" />
    public static readonly byte[][] PageBytes = Bytes(Pages);

    /// <summary>User agents by popularity.</summary>
    public static readonly byte[][] Agents = Bytes(
    [
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:135.0) Gecko/20100101 Firefox/135.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36 Edg/133.0.0.0",
        "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
        "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
    ]);

    /// <summary>Where sessions come from, by popularity; the first is nowhere.</summary>
    public static readonly byte[][] Referrers = Bytes(
    [
        "", "https://www.google.com/", "https://www.bing.com/", "https://duckduckgo.com/", "https://news.ycombinator.com/", "https://www.reddit.com/r/all/",
    ]);

    /// <summary>First and last names for e-mail addresses.</summary>
    public static readonly byte[][] FirstNames = Bytes(
        ["ana", "ben", "chi", "dara", "eli", "fatou", "goran", "hana", "ivo", "jun", "kofi", "lena", "mia", "nour", "olga", "paul", "quinn", "rosa", "sven", "tariq"]);

    /// <inheritdoc cref="FirstNames" />
    public static readonly byte[][] LastNames = Bytes(
        ["adler", "bauer", "costa", "diaz", "eze", "fischer", "garcia", "huang", "ito", "jensen", "kumar", "lopez", "mensah", "novak", "okafor", "petrov", "rossi", "silva", "tanaka", "weber"]);

    private static string[] Adjectives =>
        ["blue", "quiet", "rapid", "green", "golden", "humble", "bright", "merry", "nimble", "royal", "silver", "sunny", "tidy", "urban", "vivid", "warm", "wild", "young", "crisp", "lucky"];

    private static string[] Trades =>
        ["bakery", "bikes", "books", "cameras", "coffee", "dental", "florist", "gym", "hotel", "jewels", "legal", "music", "pets", "shoes", "toys"];

    private static string PageOf(int rank) =>
        FormattableString.Invariant($"{(rank % 3 == 0 ? "/products" : "/blog")}/{rank}");

    private static byte[][] Bytes(string[] texts) => [.. texts.Select(Encoding.ASCII.GetBytes)];
}
