using System.IO.Compression;
using System.Text;
using AkkaPrivacy.Connectors.Files;
using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Tests.Engine.Runtime.Sources;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Files.Compression;

public sealed class CompressedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public async Task Reads_the_lines_by_the_name(string suffix)
    {
        var content = NaiveLines.RandomContent(new Random(1), 20_000, 1024);
        var path = _folder.Write("a.log" + suffix, Compress(suffix, content));
        var harness = await new SourceHarness().ReadAsync(Source(path, maxLine: 1024));
        Assert.Equal(NaiveLines.Split(content, 1024).Lines, harness.Rows.Select(row => (row.Line, row.Text)));
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public async Task Goes_on_at_every_position(string suffix)
    {
        var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 30_000).Select(i => $"line {i}\n")));
        var path = _folder.Write("a" + suffix, Compress(suffix, content));
        var harness = await new SourceHarness().ReadAsync(Source(path));
        Assert.True(harness.Stops.Count > 3);
        foreach (var (positions, rows) in harness.Stops)
        {
            var again = await new SourceHarness().ReadAsync(Source(path), positions);
            Assert.Equal(harness.Rows.Skip(rows), again.Rows);
        }
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public async Task Several_members_are_one_text_and_an_empty_file_is_none(string suffix)
    {
        var path = _folder.Write("a" + suffix, [.. Compress(suffix, "one\ntw"u8), .. Compress(suffix, ""u8), .. Compress(suffix, "o\nthree"u8)]);
        Assert.Equal(["one", "two", "three"], (await new SourceHarness().ReadAsync(Source(path))).Texts);
        Assert.Empty((await new SourceHarness().ReadAsync(Source(_folder.Write("b" + suffix, Array.Empty<byte>())))).Texts);
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public async Task A_file_cut_off_anywhere_fails_and_gives_no_wrong_line(string suffix)
    {
        var lines = Enumerable.Range(0, 200).Select(i => $"secret {i * 7919}").ToList();
        var whole = Compress(suffix, Encoding.ASCII.GetBytes(string.Join('\n', lines) + '\n'));
        for (var length = 1; length < whole.Length; length += 3)
        {
            var harness = new SourceHarness();
            var error = await Assert.ThrowsAsync<SourceException>(() => harness.ReadAsync(Source(_folder.Write("a" + suffix, whole[..length]))));
            Assert.Contains("a" + suffix, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
            Assert.Equal(lines.Take(harness.Rows.Count), harness.Texts);
        }
    }

    [Theory]
    [InlineData("a.gz", FileCompression.Auto)]
    [InlineData("a.zst", FileCompression.Auto)]
    [InlineData("a.log", FileCompression.Gzip)]
    [InlineData("a.log", FileCompression.Zstd)]
    public async Task What_is_not_compressed_so_is_refused_without_its_content(string name, FileCompression compression)
    {
        var path = _folder.Write(name, "a secret line that is no compressed file\n");
        var error = await Assert.ThrowsAsync<SourceException>(() => new SourceHarness().ReadAsync(Source(path, compression)));
        Assert.Contains("cannot be decompressed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_file_with_the_name_of_another_is_read_as_told()
    {
        var path = _folder.Write("a.gz", "one\n");
        Assert.Equal(["one"], (await new SourceHarness().ReadAsync(Source(path, FileCompression.None))).Texts);
    }

    [Fact]
    public async Task A_replaced_file_that_is_shorter_than_its_position_is_refused()
    {
        var head = Enumerable.Range(0, 2000).Select(i => $"{i * 7919}\n").ToArray();
        var first = Compress(".gz", Encoding.ASCII.GetBytes(string.Concat(head)));
        var path = _folder.Write("a.gz", [.. first, .. Compress(".gz", "more\n"u8)]);
        var positions = (await new SourceHarness().ReadAsync(Source(path))).Stops[^1].Positions;
        _folder.Write("a.gz", first);
        var error = await Assert.ThrowsAsync<SourceException>(() => new SourceHarness().ReadAsync(Source(path), positions));
        Assert.Contains("Nothing was read", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".gz")]
    [InlineData(".zst")]
    public async Task A_bomb_is_one_line_that_is_passed_over_in_little_memory(string suffix)
    {
        using var bomb = new MemoryStream();
        await using (var compress = Compressor(suffix, bomb))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 64; i++)
            {
                await compress.WriteAsync(zeros);
            }

            await compress.WriteAsync("\nnext\n"u8.ToArray());
        }

        var path = _folder.Write("bomb" + suffix, bomb.ToArray());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var harness = await new SourceHarness().ReadAsync(Source(path));
        Assert.Equal([(0, 2L, "next")], harness.Rows);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
        Assert.Single(harness.Dead);
    }

    [Fact]
    public async Task Standard_input_is_decompressed_when_told()
    {
        var options = new LineFileOptions { Path = "-", Input = new MemoryStream(Compress(".gz", "one\ntwo\n"u8)), Compression = FileCompression.Gzip };
        Assert.Equal(["one", "two"], (await new SourceHarness().ReadAsync(new LineFileSource(options))).Texts);
        var cut = options with { Input = new MemoryStream(Compress(".gz", "one\ntwo\n"u8)[..^4]) };
        await Assert.ThrowsAsync<SourceException>(() => new SourceHarness().ReadAsync(new LineFileSource(cut)));
    }

    private static LineFileSource Source(string path, FileCompression compression = FileCompression.Auto, int maxLine = 1 << 20) =>
        new(new LineFileOptions { Path = path, Compression = compression, MaxLineBytes = maxLine });

    private static byte[] Compress(string suffix, ReadOnlySpan<byte> content)
    {
        using var result = new MemoryStream();
        using (var stream = Compressor(suffix, result))
        {
            stream.Write(content);
        }

        return result.ToArray();
    }

    private static Stream Compressor(string suffix, Stream target) => suffix == ".gz"
        ? new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true)
        : new ZstdSharp.CompressionStream(target, leaveOpen: true);
}
