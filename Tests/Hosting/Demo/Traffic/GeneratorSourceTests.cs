using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Hosting.Demo.Traffic;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Demo.Traffic;

public sealed class GeneratorSourceTests
{
    private readonly StoppedClock _clock = new();
    private readonly BatchPool _pool = new();

    [Fact]
    public async Task A_resumed_source_goes_on_with_the_same_lines()
    {
        var (all, _) = await ReadAsync(new GeneratorSource(new TrafficOptions(5000, 7), 0), []);
        var (head, positions) = await ReadAsync(new GeneratorSource(new TrafficOptions(5000, 7), 0), [], batches: 2);
        var (tail, _) = await ReadAsync(new GeneratorSource(new TrafficOptions(5000, 7), 0), positions);
        Assert.Equal(5000, all.Count);
        Assert.Equal(all, [.. head, .. tail]);
        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(new GeneratorSource(new TrafficOptions(5000, 8), 0), positions));
        Assert.Contains("'7/5000' instead of '8/5000'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rate_is_kept()
    {
        await using var source = new GeneratorSource(new TrafficOptions(5000, 7), 100);
        await source.OpenAsync(new SourceContext { Time = _clock, DeadLetters = new DeadLetters() }, default);
        using (var batch = _pool.RentBatch())
        {
            Assert.Equal(SourceRead.Idle, await source.ReadAsync(batch, default));
        }

        _clock.Advance(TimeSpan.FromSeconds(2));
        using (var batch = _pool.RentBatch())
        {
            Assert.Equal((SourceRead.Rows, 200), (await source.ReadAsync(batch, default), batch.Count));
        }
    }

    private async Task<(List<string> Lines, IReadOnlyList<SourcePosition> Positions)> ReadAsync(GeneratorSource source, IReadOnlyList<SourcePosition> resume, int batches = int.MaxValue)
    {
        await source.OpenAsync(new SourceContext { Time = _clock, DeadLetters = new DeadLetters(), Resume = resume }, default);
        var lines = new List<string>();
        while (batches-- > 0)
        {
            using var batch = _pool.RentBatch();
            if (await source.ReadAsync(batch, default) != SourceRead.Rows)
            {
                break;
            }

            var text = batch.Text(LineSchema.LineSlot);
            lines.AddRange(Enumerable.Range(0, batch.Count).Select(row => $"{batch.FirstPosition + row} {System.Text.Encoding.Latin1.GetString(text[row])}"));
        }

        return (lines, source.Positions());
    }
}
