using System.IO.Pipelines;
using AkkaPrivacy.Connectors.Files;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Tests.Engine.Runtime.Sources;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Files;

public sealed class StandardInputTests
{
    private readonly Pipe _pipe = new();
    private readonly BatchPool _pool = new();

    [Fact]
    public async Task Reads_random_content_as_a_plain_split_does()
    {
        var content = NaiveLines.RandomContent(new Random(1), 5000, 1024);
        var (lines, tooLong) = NaiveLines.Split(content, 1024);
        var options = new LineFileOptions { Path = "-", Input = new MemoryStream(content), MaxLineBytes = 1024 };
        var harness = await new SourceHarness().ReadAsync(new LineFileSource(options));
        Assert.Equal(lines, harness.Rows.Select(row => (row.Line, row.Text)));
        Assert.Equal(tooLong, harness.Dead.Select(dead => dead.Position));
        Assert.Equal([0], harness.Ended);
    }

    [Fact]
    public async Task Passes_on_what_is_there_and_is_idle_when_nothing_comes()
    {
        await using var source = await OpenAsync();
        await _pipe.Writer.WriteAsync("one\ntwo\nthr"u8.ToArray());
        Assert.Equal((SourceRead.Rows, 2, 1L), await ReadAsync(source, retry: true));
        Assert.Equal((SourceRead.Idle, 0, 0L), await ReadAsync(source));
        await _pipe.Writer.WriteAsync("ee\n"u8.ToArray());
        Assert.Equal((SourceRead.Rows, 1, 3L), await ReadAsync(source, retry: true));
        Assert.Equal(new SourcePosition("-", "", 14, 3), Assert.Single(source.Positions()));
        await _pipe.Writer.CompleteAsync();
        Assert.Equal(SourceRead.PartitionEnd, (await ReadAsync(source, retry: true)).Read);
        Assert.Equal(SourceRead.End, (await ReadAsync(source)).Read);
    }

    [Fact]
    public async Task Cancelling_ends_a_wait_but_keeps_rows()
    {
        await using var source = await OpenAsync(TimeSpan.FromMinutes(1));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(source, stop.Token));
        await _pipe.Writer.WriteAsync("one\ntw"u8.ToArray());
        Assert.Equal((SourceRead.Rows, 1, 1L), await ReadAsync(source, stop.Token, retry: true));
    }

    [Fact]
    public async Task A_position_of_an_earlier_run_cannot_be_taken_up()
    {
        await using var source = new LineFileSource(new LineFileOptions { Path = "-", Input = Stream.Null });
        await source.OpenAsync(new SourceHarness().Context([new SourcePosition("-", "", 10, 2)]), default);
        Assert.Equal(["-"], source.Restarted);
    }

    private async Task<LineFileSource> OpenAsync(TimeSpan? idleAfter = null)
    {
        var options = new LineFileOptions
        {
            Path = "-",
            Input = _pipe.Reader.AsStream(),
            IdleAfter = idleAfter ?? TimeSpan.FromMilliseconds(10),
        };
        var source = new LineFileSource(options);
        await source.OpenAsync(new SourceHarness().Context(), default);
        return source;
    }

    private async Task<(SourceRead Read, int Rows, long First)> ReadAsync(LineFileSource source, CancellationToken cancellationToken = default, bool retry = false)
    {
        while (true)
        {
            using var batch = _pool.RentBatch();
            try
            {
                var read = await source.ReadAsync(batch, cancellationToken);
                if (retry && read == SourceRead.Idle)
                {
                    continue;
                }

                return (read, batch.Count, read == SourceRead.Rows ? batch.FirstPosition : 0);
            }
            catch (OperationCanceledException) when (retry)
            {
                // The bytes may be on their way from the pipe still.
                await Task.Yield();
            }
        }
    }
}
