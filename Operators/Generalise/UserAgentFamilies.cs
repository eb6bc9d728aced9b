using System.Text;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>The table of marks by which a User-Agent header is told.</summary>
internal static class UserAgentFamilies
{
    /// <summary>Version of the table; part of the plan hash. Raised when a header changes its family.</summary>
    public const int Version = 1;

    /// <summary>Bytes of a header that are looked at.</summary>
    public const int MaxBytes = 512;

    private const string Bot = "bot";
    private const string Library = "http-library";

    // Marks in lower case; '^' holds at the start only. Order matters: Edge and Opera also say Chrome, Chrome also says
    // Safari, old Opera also says MSIE, and everyone says Mozilla.
    private static readonly (string Mark, string Family)[] Table =
    [
        ("bot", Bot), ("spider", Bot), ("crawl", Bot), ("slurp", Bot), ("archiver", Bot), ("facebookexternalhit", Bot),
        ("feedfetcher", Bot), ("mediapartners-google", Bot), ("bingpreview", Bot), ("headlesschrome", Bot), ("pingdom", Bot),
        ("^curl/", "curl"), ("^wget/", "Wget"),
        ("^python-", Library), ("^go-http-client/", Library), ("^okhttp/", Library), ("^java/", Library), ("^axios/", Library),
        ("^apache-httpclient/", Library), ("^libwww-perl/", Library), ("^dalvik/", Library), ("^ruby", Library),
        (" edg", "Edge"),
        (" opr/", "Opera"), ("opera", "Opera"), (" opios/", "Opera"), (" opt/", "Opera"),
        ("samsungbrowser/", "Samsung Internet"), (" yabrowser/", "Yandex Browser"), ("ucbrowser/", "UC Browser"), (" vivaldi/", "Vivaldi"),
        ("msie ", "Internet Explorer"), ("trident/", "Internet Explorer"),
        ("; wv)", "Android WebView"),
        ("firefox/", "Firefox"), ("fxios/", "Firefox"),
        ("chrome/", "Chrome"), ("crios/", "Chrome"), ("chromium/", "Chrome"),
        ("android", "Android Browser"),
        ("safari/", "Safari"),
        ("(iphone", "iOS WebView"), ("(ipad", "iOS WebView"),
    ];

    private static readonly string[] Families = [.. Table.Select(rule => rule.Family).Distinct(), "other"];

    private static readonly (byte[] Mark, bool AtStart, int Family)[] Rules =
        [.. Table.Select(rule => (Encoding.ASCII.GetBytes(rule.Mark.TrimStart('^')), rule.Mark[0] == '^', Array.IndexOf(Families, rule.Family)))];

    /// <summary>The families.</summary>
    public static LabelTable Labels { get; } = new(Families);

    /// <summary>Finds the family of a header.</summary>
    /// <param name="lower">The header's first bytes, in lower case.</param>
    /// <returns>Index into <see cref="Labels"/>.</returns>
    public static int Find(ReadOnlySpan<byte> lower)
    {
        foreach (var (mark, atStart, family) in Rules)
        {
            if (atStart ? lower.StartsWith(mark) : Occurs(mark, lower))
            {
                return family;
            }
        }

        return Families.Length - 1;
    }

    // Phones of the make Cubot are no bots.
    private static bool Occurs(ReadOnlySpan<byte> mark, ReadOnlySpan<byte> lower)
    {
        for (var from = 0; ;)
        {
            var found = lower[from..].IndexOf(mark);
            if (found < 0)
            {
                return false;
            }

            from += found + 1;
            if (!mark.SequenceEqual("bot"u8) || !lower[..(from - 1)].EndsWith("cu"u8))
            {
                return true;
            }
        }
    }
}
