using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AkkaPrivacy.Tests.Hosting.Configuration;

namespace AkkaPrivacy.Tests.Hosting.Commands;

/// <summary>A request as the oracle sees it.</summary>
internal sealed record LoggedRequest(string Client, DateTime Time, string Path, int Status)
{
    public DateTime Hour => Time.Date.AddHours(Time.Hour);
}

/// <summary>Access logs for tests, and an oracle that reads them in its own way.</summary>
internal static partial class AccessLogs
{
    /// <summary>Two days of a small site: 40 clients, 6 paths, in order of time.</summary>
    public static string Small()
    {
        var text = new StringBuilder();
        var state = 7u;
        for (var minute = 0; minute < 2 * 1440; minute += 3)
        {
            var time = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minute);
            for (var i = 0; i < 2; i++)
            {
                state = (state * 1664525) + 1013904223;
                var (client, path, status) = ((state >> 8) % 40, (state >> 16) % 6, (state >> 24) % 10 < 8 ? 200 : 404);
                text.Append(CultureInfo.InvariantCulture, $"10.0.0.{client} - - [{time:dd/MMM/yyyy:HH:mm:ss} +0000] \"GET /p{path}?q={minute} HTTP/1.1\" {status} {minute} \"http://a.example.com/x\" \"Mozilla/5.0 Firefox/9\"\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The log of a real site where it lies beside the repository, otherwise null.</summary>
    public static string? Real()
    {
        for (var folder = new DirectoryInfo(Pipelines.Root()); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", "apache_access.log");
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    public static IReadOnlyList<LoggedRequest> Parse(string text) => [.. Line().Matches(text).Select(match => new LoggedRequest(
        match.Groups["client"].Value,
        DateTime.ParseExact(match.Groups["time"].Value, "dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture),
        match.Groups["path"].Value,
        int.Parse(match.Groups["status"].Value, CultureInfo.InvariantCulture)))];

    [GeneratedRegex("""^(?<client>\S+) \S+ \S+ \[(?<time>[^\]]+)\] "\S+ (?<path>[^ ?"]*)[^"]*" (?<status>\d+) """, RegexOptions.Multiline)]
    private static partial Regex Line();
}
