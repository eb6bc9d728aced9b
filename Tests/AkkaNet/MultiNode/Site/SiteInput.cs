using System.Globalization;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>Lines in which each window fills a batch of its own, so that each is a firing and a transaction of its own.</summary>
internal sealed class SiteInput
{
    private const int RowsPerWindow = 32;

    // A batch ends after 256 KiB. No field of the data map: it is passed over.
    private const int PaddingBytes = 8_300;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _file;
    private readonly long[] _ends;

    private SiteInput(string file, long[] ends) => (_file, _ends) = (file, ends);

    public int Windows => _ends.Length;

    /// <summary>Writes all windows into a file.</summary>
    public static SiteInput Write(string file, int windows)
    {
        var random = new Random(7);
        var padding = new string('.', PaddingBytes);
        var ends = new long[windows];
        using var writer = new StreamWriter(file);
        for (var row = 0; row < windows * RowsPerWindow; row++)
        {
            var time = Start.AddMilliseconds(row * (60_000.0 / RowsPerWindow));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $$"""{"time":"{{time:yyyy-MM-ddTHH:mm:ss.fff}}Z","user":"user-{{random.Next(100)}}@example.org","page":"/{{(char)('a' + random.Next(4))}}","padding":"{{padding}}"}"""));
            writer.Write('\n');
            if ((row + 1) % RowsPerWindow == 0)
            {
                writer.Flush();
                ends[row / RowsPerWindow] = writer.BaseStream.Position;
            }
        }

        return new SiteInput(file, ends);
    }

    /// <summary>Appends some of the windows to another file.</summary>
    public void Append(string file, int from, int count)
    {
        using var input = File.OpenRead(_file);
        input.Position = from == 0 ? 0 : _ends[from - 1];
        var bytes = new byte[_ends[from + count - 1] - input.Position];
        input.ReadExactly(bytes);
        using var output = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        output.Write(bytes);
    }
}
