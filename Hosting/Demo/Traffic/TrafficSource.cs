using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>Made-up traffic as a source: lines are written where they are read, so memory stays flat and no file is
/// needed. It always starts at the beginning.</summary>
internal sealed class TrafficSource(TrafficOptions options) : IEventSource
{
    private const int RowsPerBatch = 1024;
    private readonly TrafficGenerator _generator = new(options);
    private long _bytes;
    private bool _partitionEnded;

    /// <inheritdoc />
    public string Name => "demo-traffic";

    /// <inheritdoc />
    public RowSchema Schema => LineSchema.Instance;

    /// <summary>Lines, not bytes: how long they will be is not known before.</summary>
    public long? TotalBytes => null;

    /// <inheritdoc />
    public long BytesRead => Volatile.Read(ref _bytes);

    /// <inheritdoc />
    public int Partitions => 1;

    /// <summary>The true numbers of what was read.</summary>
    public TrafficTruth Truth => _generator.Truth;

    /// <inheritdoc />
    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc />
    public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_generator.IsDone)
        {
            var read = _partitionEnded ? SourceRead.End : SourceRead.PartitionEnd;
            _partitionEnded = true;
            return ValueTask.FromResult(read);
        }

        Volatile.Write(ref _bytes, _bytes + _generator.Fill(batch, RowsPerBatch));
        return ValueTask.FromResult(SourceRead.Rows);
    }

    /// <inheritdoc />
    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition(Name, string.Empty, BytesRead, _generator.Written)];

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
