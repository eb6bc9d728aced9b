using System.Text;
using AkkaPrivacy.Connectors.Files;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Connectors.Files.Follow;

public sealed class FollowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StoppedClock _clock = new();
    private readonly BatchPool _pool = new();
    private readonly List<int> _ended = [];

    private string Log => Path.Combine(_folder.Path, "access.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_are_passed_on_as_they_are_completed()
    {
        await using var source = await OpenAsync(Log);
        Assert.Empty(await ReadAsync(source));
        Append(Log, "one\ntw");
        Assert.Equal(["0:1:one"], await ReadAsync(source));
        Append(Log, "o\nthree\n");
        Assert.Equal(["0:2:two", "0:3:three"], await ReadAsync(source));
    }

    [Fact]
    public async Task A_renamed_file_is_read_to_its_end_and_the_new_one_from_its_beginning()
    {
        Append(Log, "one\n");
        await using var source = await OpenAsync(Log);
        Assert.Equal(["0:1:one"], await ReadAsync(source));
        Append(Log, "two\n");
        File.Move(Log, Log + ".1");
        Append(Log + ".1", "three\n");
        Append(Log, "four\n");
        Assert.Equal(["0:2:two", "0:3:three", "1:1:four"], (await ReadAsync(source)).Order());
        Append(Log + ".1", "late\n");
        Append(Log, "five\n");
        Assert.Equal(["0:4:late", "1:2:five"], (await ReadAsync(source)).Order());
        _clock.Advance(TimeSpan.FromMinutes(2));
        Append(Log, "six\n");
        Assert.Equal(["1:3:six"], await ReadAsync(source));
        Assert.Equal([0], _ended);
        Assert.Equal(Log, Assert.Single(source.Positions()).Partition);
    }

    [Fact]
    public async Task A_file_cut_after_it_was_copied_is_read_from_copy_and_beginning()
    {
        Append(Log, "one\ntwo\n");
        await using var source = await OpenAsync(Log);
        Assert.Equal(2, (await ReadAsync(source)).Count);
        Append(Log, "three\n");
        File.Copy(Log, Log + ".1");
        File.WriteAllText(Log, string.Empty);
        Append(Log, "4\n");
        Assert.Equal(["1:3:three", "2:1:4"], (await ReadAsync(source)).Order());
        Assert.Equal([0], _ended);
        Assert.Empty(source.Warnings);
    }

    [Fact]
    public async Task A_file_cut_without_a_copy_is_told()
    {
        Append(Log, "one\ntwo\n");
        await using var source = await OpenAsync(Log);
        Assert.Equal(2, (await ReadAsync(source)).Count);
        File.WriteAllText(Log, string.Empty);
        Append(Log, "4\n");
        Assert.Equal(["1:1:4"], await ReadAsync(source));
        Assert.Contains("was cut while it was followed", Assert.Single(source.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_files_of_a_pattern_are_taken_up_and_renamed_ones_are_not_read_twice()
    {
        Append(Log, "one\n");
        await using var source = await OpenAsync(Log + "*");
        Assert.Equal(["0:1:one"], await ReadAsync(source));
        Append(Path.Combine(_folder.Path, "access.log-b"), "b\n");
        Assert.Equal(["1:1:b"], await ReadAsync(source));
        File.Move(Log, Log + ".1");
        _folder.Write("access.log.2.gz", [1, 2, 3]);
        Append(Log, "new\n");
        Assert.Equal(["2:1:new"], await ReadAsync(source));
    }

    [Fact]
    public async Task A_restart_goes_on_behind_what_was_read_also_across_a_rotation()
    {
        Append(Log, "one\ntwo\nthr");
        IReadOnlyList<SourcePosition> positions;
        await using (var source = await OpenAsync(Log))
        {
            Assert.Equal(2, (await ReadAsync(source)).Count);
            positions = source.Positions();
        }

        await using (var source = await OpenAsync(Log, positions))
        {
            Append(Log, "ee\n");
            Assert.Equal(["0:3:three"], await ReadAsync(source));
        }

        Append(Log, "ee\n");
        File.Move(Log, Log + "-20260301");
        Append(Log, "new\n");
        await using (var source = await OpenAsync(Log, positions))
        {
            Assert.Equal(["0:3:three", "0:4:ee", "1:1:new"], (await ReadAsync(source)).Order());
            Assert.False(source.KeepsPartitions);
        }

        File.Delete(Log + "-20260301");
        await using (var source = await OpenAsync(Log, positions))
        {
            Assert.Equal(["0:1:new"], await ReadAsync(source));
            Assert.Contains("behind its byte 8", Assert.Single(source.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_silent_file_holds_the_others_back_no_more_and_goes_on_when_it_grows()
    {
        var other = Path.Combine(_folder.Path, "b.log");
        Append(Log, "one\n");
        Append(other, "b\n");
        await using var source = await OpenAsync(Path.Combine(_folder.Path, "*.log"));
        Assert.Equal(2, (await ReadAsync(source)).Count);
        _clock.Advance(TimeSpan.FromMinutes(2));
        Append(Log, "two\n");
        Assert.Single(await ReadAsync(source));
        var silent = Assert.Single(_ended);
        Append(other, "c\n");
        Assert.Equal(["2:2:c"], await ReadAsync(source));
        Assert.NotEqual(2, silent);
        Assert.Equal(2, source.Positions().Count);
    }

    [Fact]
    public async Task A_heading_comes_with_every_file()
    {
        Append(Log, "a,b\n1,\"x\n");
        await using var source = new LineFileSource(Options(Log) with { QuotedRecords = true, HasHeading = true });
        await source.OpenAsync(Context([]), default);
        Assert.Empty(await ReadAsync(source));
        Append(Log, "y\"\n");
        Assert.Equal(["0:2:1,\"x\ny\""], await ReadAsync(source));
    }

    [Fact]
    public async Task Stopping_ends_the_wait()
    {
        await using var source = await OpenAsync(Log);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        using var batch = _pool.RentBatch();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.ReadAsync(batch, stop.Token));
    }

    private static LineFileOptions Options(string path) => new() { Path = path, Follow = true, Poll = TimeSpan.FromMilliseconds(10) };

    private static void Append(string path, string text) => File.AppendAllText(path, text, Encoding.ASCII);

    private SourceContext Context(IReadOnlyList<SourcePosition> resume) => new() { Time = _clock, DeadLetters = new DeadLetters(), Resume = resume };

    private async Task<LineFileSource> OpenAsync(string path, IReadOnlyList<SourcePosition>? resume = null)
    {
        var source = new LineFileSource(Options(path));
        await source.OpenAsync(Context(resume ?? []), default);
        return source;
    }

    // Reads until nothing came twice; each row as partition:line:text.
    private async Task<List<string>> ReadAsync(LineFileSource source)
    {
        var rows = new List<string>();
        for (var idle = 0; idle < 2;)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            using var batch = _pool.RentBatch();
            switch (await source.ReadAsync(batch, default))
            {
                case SourceRead.Idle:
                    idle++;
                    break;
                case SourceRead.PartitionEnd:
                    _ended.Add(batch.Partition);
                    break;
                default:
                    var lines = batch.Text(LineSchema.LineSlot);
                    rows.AddRange(Enumerable.Range(0, batch.Count).Select(row => $"{batch.Partition}:{batch.FirstPosition + row}:{Encoding.ASCII.GetString(lines[row])}"));
                    break;
            }
        }

        return rows;
    }
}
