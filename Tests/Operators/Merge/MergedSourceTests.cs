using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Merge;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Merge;

public sealed class MergedSourceTests
{
    [Fact]
    public async Task Every_line_comes_once_under_the_partition_of_its_source()
    {
        await using var source = Of(("a", 5000), ("b", 0), ("c", 9000));
        var (lines, ends) = await ReadAsync(source, []);
        Assert.Equal(3, source.Partitions);
        Assert.Equal([0, 1, 2], ends.Order());
        Assert.Equal(Expected(("a", 5000, 0), ("c", 9000, 2)), lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_goes_on_where_each_source_stood_also_when_one_is_added()
    {
        List<string> before;
        IReadOnlyList<SourcePosition> positions;
        await using (var first = Of(("a", 9000), ("b", 9000)))
        {
            (before, _) = await ReadAsync(first, [], most: 2);
            positions = first.Positions();
        }

        await using var second = Of(("b", 9000), ("new", 10), ("a", 9000));
        var (after, _) = await ReadAsync(second, positions);
        static string Plain(string line) => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
        Assert.Equal(
            Expected(("a", 9000, 0), ("b", 9000, 0), ("new", 10, 0)).Select(Plain).Order(StringComparer.Ordinal),
            before.Concat(after).Select(Plain).Order(StringComparer.Ordinal));
        Assert.All(positions, position => Assert.Matches("^(a|b)\\|", position.Partition));
    }

    [Fact]
    public async Task Dead_letters_name_the_partition_in_the_whole()
    {
        var letters = new DeadLetters();
        await using var source = (MergedSource)Merged.Open([("a", () => new MemoryLineSource("m", "x\n"u8.ToArray())), ("b", () => new MemoryLineSource("m", Encoding.UTF8.GetBytes("y\n" + new string('z', 5000)), 1, 1024))])();
        await ReadAsync(source, [], letters: letters);
        Assert.Equal((DeadLetterReason.LineTooLong, 1, 2L), letters.Samples.Select(letter => (letter.Reason, letter.Partition, letter.Position)).Single());
    }

    [Fact]
    public async Task What_one_source_cannot_do_the_whole_cannot()
    {
        await using var two = Merged.Open([("a", () => new MemoryLineSource("m", "x\n"u8.ToArray())), ("once", () => new OnceSource())])();
        await using var one = Merged.Open([("a", () => new MemoryLineSource("m", "x\n"u8.ToArray()))])();
        Assert.Equal((false, false), (two.KeepsPartitions, two.CanReadAgain));
        Assert.Equal((true, true), (one.KeepsPartitions, one.CanReadAgain));
    }

    [Fact]
    public async Task An_idle_source_holds_no_other_back()
    {
        var clock = new StoppedClock();
        var idle = new IdleSource(clock);
        await using var source = (MergedSource)Merged.Open([("idle", () => idle), ("busy", () => new MemoryLineSource("m", Lines("l", 4096 * 30)))])();
        await source.OpenAsync(new SourceContext { Time = clock, DeadLetters = new DeadLetters() }, default);
        var (pool, busy) = (new BatchPool(), 0);
        while (busy < 30)
        {
            using var batch = pool.RentBatch();
            var read = await source.ReadAsync(batch, default);
            if (read == SourceRead.Rows)
            {
                busy++;
                clock.Advance(TimeSpan.FromMilliseconds(1));
            }
            else if (read == SourceRead.PartitionEnd)
            {
                break;
            }
        }

        Assert.InRange(idle.Asked, 1, 5);
    }

    [Fact]
    public void Names_are_checked()
    {
        static IEventSource None() => throw new InvalidOperationException();
        Assert.Throws<ArgumentException>(() => Merged.Open([]));
        Assert.Throws<ArgumentException>(() => Merged.Open([("a", None), ("a", None)]));
        Assert.Throws<ArgumentException>(() => Merged.FromLines("lines", ("a|b", None)));
    }

    private static MergedSource Of(params (string Name, int Lines)[] sources) =>
        (MergedSource)Merged.Open([.. sources.Select(source => (source.Name, (Func<IEventSource>)(() => new MemoryLineSource("m", Lines(source.Name, source.Lines)))))])();

    private static byte[] Lines(string name, int count) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => $"{name}{i}\n")));

    private static IEnumerable<string> Expected(params (string Name, int Lines, int Partition)[] sources) =>
        sources.SelectMany(source => Enumerable.Range(0, source.Lines).Select(i => $"{source.Partition}:{source.Name}{i}")).Order(StringComparer.Ordinal);

    private static async Task<(List<string> Lines, List<int> Ends)> ReadAsync(MergedSource source, IReadOnlyList<SourcePosition> resume, int most = int.MaxValue, DeadLetters? letters = null)
    {
        await source.OpenAsync(new SourceContext { Time = new StoppedClock(), DeadLetters = letters ?? new DeadLetters(), Resume = resume }, default);
        var (lines, ends, pool) = (new List<string>(), new List<int>(), new BatchPool());
        for (var i = 0; i < most; i++)
        {
            using var batch = pool.RentBatch();
            switch (await source.ReadAsync(batch, default))
            {
                case SourceRead.End:
                    return (lines, ends);
                case SourceRead.PartitionEnd:
                    ends.Add(batch.Partition);
                    break;
                default:
                    lines.AddRange(batch.ReadSelected().Select(row => $"{batch.Partition}:{Encoding.UTF8.GetString(batch.Text(LineSchema.LineSlot)[row])}"));
                    break;
            }
        }

        return (lines, ends);
    }

    private sealed class IdleSource(StoppedClock clock) : IEventSource
    {
        public int Asked { get; private set; }

        public string Name => "idle";

        public RowSchema Schema => LineSchema.Instance;

        public long? TotalBytes => null;

        public long BytesRead => 0;

        public int Partitions => 1;

        public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
        {
            Asked++;
            clock.Advance(TimeSpan.FromMilliseconds(2));
            return ValueTask.FromResult(SourceRead.Idle);
        }

        public IReadOnlyList<SourcePosition> Positions() => [];

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
