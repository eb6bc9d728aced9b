using AkkaPrivacy.Connectors.Files;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Tests.Engine.Runtime.Sources;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Files;

public sealed class LineFileSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reads_random_content_as_a_plain_split_does_and_resumes_at_every_batch()
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var random = new Random(seed);
            var content = NaiveLines.RandomContent(random, random.Next(1, 6000), 1024);
            var path = _folder.Write("random.log", content);
            var (lines, tooLong) = NaiveLines.Split(content, 1024);
            var source = Source(path, 1024);
            var harness = await new SourceHarness().ReadAsync(source);
            Assert.Equal(lines, harness.Rows.Select(row => (row.Line, row.Text)));
            Assert.Equal(tooLong.Select(line => new DeadLetter(DeadLetterReason.LineTooLong, 0, line, "")), harness.Dead);
            Assert.Equal((content.Length, content.Length), (source.TotalBytes!.Value, source.BytesRead));
            foreach (var (positions, rows) in harness.Stops.Where((_, i) => i % 50 == seed))
            {
                var again = await new SourceHarness().ReadAsync(Source(path, 1024), positions);
                Assert.Equal(harness.Rows.Skip(rows), again.Rows);
            }
        }
    }

    [Fact]
    public async Task Every_batch_boundary_of_plain_lines_resumes()
    {
        var path = _folder.Write("a.log", string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i}\n")));
        var harness = await new SourceHarness().ReadAsync(Source(path));
        Assert.Equal(40_000, harness.Rows.Count);
        foreach (var (positions, rows) in harness.Stops)
        {
            var again = await new SourceHarness().ReadAsync(Source(path), positions);
            Assert.Equal(harness.Rows.Skip(rows), again.Rows);
        }
    }

    [Fact]
    public async Task Files_of_a_pattern_are_partitions_in_order()
    {
        _folder.Write("b/2.log", "b2\n");
        _folder.Write("a/1.log", "a1\na2");
        _folder.Write("a/deep/er/3.log", "d\n");
        _folder.Write("a/x.txt", "no\n");
        _folder.Write("0.log", "");
        var source = Source(Path.Combine(_folder.Path, "**", "?.log"));
        var harness = await new SourceHarness().ReadAsync(source);
        Assert.Equal([(1, 1, "a1"), (1, 2, "a2"), (2, 1, "d"), (3, 1, "b2")], harness.Rows);
        Assert.Equal([0, 1, 2, 3], harness.Ended);
        Assert.Equal(4, source.Partitions);
        Assert.Equal(4, source.Positions().Count);

        var later = await new SourceHarness().ReadAsync(Source(Path.Combine(_folder.Path, "**", "?.log")), harness.Stops[0].Positions);
        Assert.Equal([(2, 1, "d"), (3, 1, "b2")], later.Rows);
        Assert.Equal(2, (await new SourceHarness().ReadAsync(Source(Path.Combine(_folder.Path, "a", "*")))).Ended.Count);
        Assert.Equal(3, (await new SourceHarness().ReadAsync(Source(Path.Combine(_folder.Path, "a", "**")))).Ended.Count);
        Assert.Equal(2, (await new SourceHarness().ReadAsync(Source(Path.Combine(_folder.Path, "?", "*.log")))).Ended.Count);
    }

    [Fact]
    public async Task A_line_of_a_hundred_megabytes_is_passed_over_in_little_memory()
    {
        var path = Path.Combine(_folder.Path, "long.log");
        await using (var file = File.Create(path))
        {
            file.Write("first\n"u8);
            var chunk = new byte[1024 * 1024];
            Array.Fill(chunk, (byte)'x');
            for (var i = 0; i < 100; i++)
            {
                file.Write(chunk);
            }

            file.Write("\nlast\n"u8);
        }

        // Files are read on the caller's thread, so what other tests allocate meanwhile is not counted.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = new SourceHarness().ReadAsync(Source(path));
        Assert.True(reading.IsCompleted);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * 1024 * 1024);
        var harness = await reading;
        Assert.Equal([(0, 1, "first"), (0, 3, "last")], harness.Rows);
        Assert.Equal([new DeadLetter(DeadLetterReason.LineTooLong, 0, 2, "")], harness.Dead);
    }

    [Fact]
    public async Task A_grown_file_goes_on_where_it_was()
    {
        var path = _folder.Write("a.log", "one\ntwo\n");
        var first = await new SourceHarness().ReadAsync(Source(path));
        var positions = first.Stops[^1].Positions;
        Assert.StartsWith("8:", positions[0].Identity);
        Assert.Empty((await new SourceHarness().ReadAsync(Source(path), positions)).Rows);
        File.AppendAllText(path, "three\n");
        var source = Source(path);
        var second = await new SourceHarness().ReadAsync(source, positions);
        Assert.Equal([(0, 3, "three")], second.Rows);
        Assert.Empty(source.Restarted);
        Assert.StartsWith("14:", second.Stops[^1].Positions[0].Identity);
    }

    [Fact]
    public async Task Other_content_under_the_same_name_starts_anew()
    {
        var path = _folder.Write("a.log", "one\ntwo\n");
        var positions = (await new SourceHarness().ReadAsync(Source(path))).Stops[^1].Positions;
        _folder.Write("a.log", "eins\nzwei\ndrei\n");
        var source = Source(path);
        var harness = await new SourceHarness().ReadAsync(source, positions);
        Assert.Equal(["eins", "zwei", "drei"], harness.Texts);
        Assert.Equal([path], source.Restarted);
    }

    [Fact]
    public async Task A_file_shorter_than_its_position_is_refused()
    {
        var path = _folder.Write("a.log", "one\ntwo\n");
        var positions = (await new SourceHarness().ReadAsync(Source(path))).Stops[^1].Positions;
        _folder.Write("a.log", "one\n");
        var error = await Assert.ThrowsAsync<SourceException>(() => new SourceHarness().ReadAsync(Source(path), positions));
        Assert.Contains($"'{path}' was read up to byte 8 but now has 4 bytes", error.Message);
    }

    [Fact]
    public async Task A_file_cut_off_while_it_is_read_ends_and_is_named()
    {
        var path = _folder.Write("a.log", string.Concat(Enumerable.Range(0, 10_000).Select(_ => new string('x', 99) + "\n")));
        var source = Source(path);
        var harness = await new SourceHarness().ReadAsync(source, afterBatch: batch =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(400_050);
        });
        Assert.Equal(4000, harness.Rows.Count);
        Assert.All(harness.Texts, text => Assert.Equal(99, text.Length));
        Assert.Equal([new TruncatedFile(path, 400_050, 1_000_000)], source.Truncated);
        Assert.Equal([0], harness.Ended);
    }

    [Fact]
    public async Task A_binary_file_is_lines_of_bytes()
    {
        var content = new byte[300_000];
        new Random(3).NextBytes(content);
        var path = _folder.Write("binary", content);
        var harness = await new SourceHarness().ReadAsync(Source(path));
        Assert.Equal(NaiveLines.Split(content, 1 << 20).Lines, harness.Rows.Select(row => (row.Line, row.Text)));
    }

    [Fact]
    public async Task What_cannot_be_opened_is_named()
    {
        foreach (var (path, message) in new[]
        {
            (_folder.Path, "is a folder"),
            (Path.Combine(_folder.Path, "none.log"), "does not exist"),
            (Path.Combine(_folder.Path, "*.log"), "No file matches"),
            (Path.Combine(_folder.Path, "gone", "*.log"), "No file matches"),
        })
        {
            var error = await Assert.ThrowsAsync<SourceException>(() => new SourceHarness().ReadAsync(Source(path)));
            Assert.Contains(path, error.Message);
            Assert.Contains(message, error.Message);
        }
    }

    [Fact]
    public async Task A_damaged_identity_is_refused()
    {
        var path = _folder.Write("a.log", "one\n");
        await Assert.ThrowsAsync<SourceException>(() =>
            new SourceHarness().ReadAsync(Source(path), [new SourcePosition(path, "nonsense", 4, 1)]));
    }

    [Fact]
    public void Options_out_of_range_are_all_named()
    {
        var options = new LineFileOptions { Path = "", MaxLineBytes = 1, Linger = TimeSpan.FromHours(1), IdleAfter = TimeSpan.Zero };
        var error = Assert.Throws<ArgumentException>(() => new LineFileSource(options));
        Assert.All(["Path", "MaxLineBytes", "Linger", "IdleAfter"], name => Assert.Contains(name, error.Message));
    }

    private static LineFileSource Source(string path, int? maxLineBytes = null) =>
        new(maxLineBytes is { } max ? new LineFileOptions { Path = path, MaxLineBytes = max } : new LineFileOptions { Path = path });
}
