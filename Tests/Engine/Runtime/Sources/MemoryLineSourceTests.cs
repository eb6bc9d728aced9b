using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Stages;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime.Sources;

public sealed class MemoryLineSourceTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\n\r\n\nb\r", new[] { "a", "", "", "b" })]
    [InlineData("\r\r\n\ra", new[] { "\r", "\ra" })]
    [InlineData("\n", new[] { "" })]
    public async Task Cuts_lines(string content, string[] expected)
    {
        var harness = await new SourceHarness().ReadAsync(new MemoryLineSource("m", Encoding.UTF8.GetBytes(content)));
        Assert.Equal(expected, harness.Texts);
        Assert.Equal(Enumerable.Range(1, expected.Length).Select(i => (long)i), harness.Rows.Select(row => row.Line));
    }

    [Fact]
    public async Task Cuts_random_content_as_a_plain_split_does_and_resumes_anywhere()
    {
        for (var seed = 1; seed <= 8; seed++)
        {
            var random = new Random(seed);
            var content = NaiveLines.RandomContent(random, random.Next(1, 4000), 1024);
            var (lines, tooLong) = NaiveLines.Split(content, 1024);
            var harness = await new SourceHarness().ReadAsync(new MemoryLineSource("m", content, maxLineBytes: 1024));
            Assert.Equal(lines, harness.Rows.Select(row => (row.Line, row.Text)));
            Assert.Equal(tooLong.Select(line => new DeadLetter(DeadLetterReason.LineTooLong, 0, line, "")), harness.Dead);
            foreach (var (positions, rows) in harness.Stops.Where((_, i) => i % 20 == 0))
            {
                var again = await new SourceHarness().ReadAsync(new MemoryLineSource("m", content, maxLineBytes: 1024), positions);
                Assert.Equal(harness.Rows.Skip(rows), again.Rows);
            }
        }
    }

    [Fact]
    public async Task Repeats_the_content_with_ongoing_line_numbers()
    {
        var source = new MemoryLineSource("m", "\uFEFFa\nb"u8.ToArray(), repeat: 3);
        var harness = await new SourceHarness().ReadAsync(source);
        Assert.Equal([(1, "a"), (2, "b"), (3, "a"), (4, "b"), (5, "a"), (6, "b")], harness.Rows.Select(row => (row.Line, row.Text)));
        Assert.Equal((9, 9), (source.TotalBytes!.Value, source.BytesRead));
        Assert.Equal([0], harness.Ended);
    }

    [Fact]
    public async Task Short_lines_fill_batches_to_the_brim()
    {
        var harness = await new SourceHarness().ReadAsync(new MemoryLineSource("m", Encoding.UTF8.GetBytes(new string('\n', 100_000))));
        Assert.Equal(100_000, harness.Rows.Count);
        Assert.All(harness.Stops.SkipLast(1), stop => Assert.Equal(0, stop.Rows % EventBatch.Capacity));
    }

    [Fact]
    public async Task A_position_outside_is_refused()
    {
        var source = new MemoryLineSource("m", "a\n"u8.ToArray());
        var context = new SourceHarness().Context([new SourcePosition("m", "", 3, 1)]);
        await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(context, default));
    }
}
