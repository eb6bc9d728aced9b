using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.LoadTests.Profile;

/// <summary>A source whose reads are timed by the calling thread's processor time. For sources that never wait.</summary>
/// <param name="source">The source.</param>
/// <param name="clock">The clock.</param>
internal sealed class TimedSource(IEventSource source, ThreadClock clock) : IEventSource
{
    private long _ticks;

    /// <summary>Processor time of all reads so far, in nanoseconds.</summary>
    public double BusyNs => Interlocked.Read(ref _ticks) * 1e9 / clock.TimestampFrequency;

    public string Name => source.Name;

    public RowSchema Schema => source.Schema;

    public long? TotalBytes => source.TotalBytes;

    public long BytesRead => source.BytesRead;

    public int Partitions => source.Partitions;

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => source.OpenAsync(context, cancellationToken);

    public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var read = source.ReadAsync(batch, cancellationToken);
        Interlocked.Add(ref _ticks, clock.GetTimestamp() - start);
        return read.IsCompletedSuccessfully ? read : throw new InvalidOperationException("A source that waits cannot be timed.");
    }

    public bool Holds(SourcePosition partition) => source.Holds(partition);

    public SourcePosition? PartitionAt(int partition) => source.PartitionAt(partition);

    public IReadOnlyList<SourcePosition> Positions() => source.Positions();

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
