using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AkkaPrivacy.LoadTests.Compare.Parse;

/// <summary>Lines in the combined log format, and the regular expression that one would read them with.</summary>
internal static partial class LogLines
{
    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "curl/8.5.0",
    ];

    /// <summary>Makes lines, the same for the same seed.</summary>
    /// <param name="events">How many.</param>
    /// <param name="seed">Which ones.</param>
    /// <returns>The lines, one after the other.</returns>
    public static byte[] Create(int events, int seed)
    {
        var random = new Random(seed);
        var start = new DateTime(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc);
        var text = new StringBuilder();
        for (int i = 0; i < events; i++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"10.{random.Next(256)}.{random.Next(256)}.{random.Next(256)} - - [{start.AddMilliseconds(i):dd/MMM/yyyy:HH:mm:ss} +0000] \"GET /page/{random.Next(100):D3}?id={random.Next(1000)} HTTP/1.1\" 200 {random.Next(100_000)} \"https://example.org/\" \"{Agents[random.Next(Agents.Length)]}\"\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads lines with a compiled regular expression, into strings, a time and numbers.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>Lines that matched.</returns>
    public static long WithRegex(ReadOnlySpan<byte> lines)
    {
        long matched = 0;
        while (!lines.IsEmpty)
        {
            int feed = lines.IndexOf((byte)'\n');
            Match match = Pattern().Match(Encoding.UTF8.GetString(lines[..feed]));
            if (match.Success)
            {
                GroupCollection groups = match.Groups;
                string client = groups["client"].Value;
                string path = groups["path"].Value;
                string agent = groups["agent"].Value;
                DateTimeOffset time = DateTimeOffset.ParseExact(groups["time"].ValueSpan, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture);
                int status = int.Parse(groups["status"].ValueSpan, CultureInfo.InvariantCulture);
                long bytes = groups["bytes"].ValueSpan is "-" ? 0 : long.Parse(groups["bytes"].ValueSpan, CultureInfo.InvariantCulture);
                matched += client.Length + path.Length + agent.Length > 0 && time.Year > 0 && status > 0 && bytes >= 0 ? 1 : 0;
            }

            lines = lines[(feed + 1)..];
        }

        return matched;
    }

    [GeneratedRegex("""^(?<client>\S+) (?<ident>\S+) (?<user>\S+) \[(?<time>[^\]]+)\] "(?<method>[A-Z]+) (?<path>[^ ?"]+)(?:\?(?<query>\S*))? (?<protocol>[^"]+)" (?<status>\d{3}) (?<bytes>\d+|-)(?: "(?<referrer>[^"]*)" "(?<agent>(?:[^"\\]|\\.)*)")?""", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
