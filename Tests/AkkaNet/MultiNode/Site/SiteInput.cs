using System.Globalization;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>A file in which each window fills a batch of its own, so that each is a firing and a transaction of its own.</summary>
internal static class SiteInput
{
    public const int Windows = 240;
    private const int RowsPerWindow = 32;

    // A batch ends after 256 KiB. No field of the data map: it is passed over.
    private const int PaddingBytes = 8_300;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public static void Write(string file)
    {
        var random = new Random(7);
        var padding = new string('.', PaddingBytes);
        using var writer = new StreamWriter(file);
        for (var row = 0; row < Windows * RowsPerWindow; row++)
        {
            var time = Start.AddMilliseconds(row * (60_000.0 / RowsPerWindow));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $$"""{"time":"{{time:yyyy-MM-ddTHH:mm:ss.fff}}Z","user":"user-{{random.Next(100)}}@example.org","page":"/{{(char)('a' + random.Next(4))}}","padding":"{{padding}}"}"""));
            writer.Write('\n');
        }
    }
}
