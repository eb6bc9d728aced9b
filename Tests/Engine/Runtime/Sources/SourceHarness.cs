using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime.Sources;

/// <summary>Reads a source of lines to its end and keeps what it gave.</summary>
internal sealed class SourceHarness
{
    private readonly BatchPool _pool = new();

    public List<(int Partition, long Line, string Text)> Rows { get; } = [];

    public List<DeadLetter> Dead { get; } = [];

    /// <summary>Positions after each batch, with the number of rows up to there.</summary>
    public List<(IReadOnlyList<SourcePosition> Positions, int Rows)> Stops { get; } = [];

    public List<int> Ended { get; } = [];

    public IEnumerable<string> Texts => Rows.Select(row => row.Text);

    public SourceContext Context(IReadOnlyList<SourcePosition>? resume = null) =>
        new() { Time = TimeProvider.System, DeadLetters = new DeadLetters(Dead.Add), Resume = resume ?? [] };

    public async Task<SourceHarness> ReadAsync(IEventSource source, IReadOnlyList<SourcePosition>? resume = null, Action<int>? afterBatch = null)
    {
        await source.OpenAsync(Context(resume), default);
        await ReadOnAsync(source, afterBatch);
        await source.DisposeAsync();
        Assert.Equal(0, _pool.Outstanding);
        return this;
    }

    public async Task ReadOnAsync(IEventSource source, Action<int>? afterBatch = null)
    {
        for (var batches = 1; ; batches++)
        {
            using var batch = _pool.RentBatch();
            var read = await source.ReadAsync(batch, default);
            switch (read)
            {
                case SourceRead.Rows:
                    Take(batch);
                    Stops.Add((source.Positions(), Rows.Count));
                    afterBatch?.Invoke(batches);
                    continue;
                case SourceRead.PartitionEnd:
                    Assert.Equal(0, batch.Count);
                    Ended.Add(batch.Partition);
                    continue;
                case SourceRead.Idle:
                    continue;
            }

            Assert.False(batch.Has(LineSchema.LineSlot));
            return;
        }
    }

    private void Take(EventBatch batch)
    {
        Assert.InRange(batch.Count, 1, EventBatch.Capacity);
        Assert.Equal(batch.Count, batch.SelectedCount);
        var lines = batch.Text(LineSchema.LineSlot);
        for (var row = 0; row < batch.Count; row++)
        {
            Rows.Add((batch.Partition, batch.FirstPosition + row, Encoding.Latin1.GetString(lines[row])));
        }
    }
}
