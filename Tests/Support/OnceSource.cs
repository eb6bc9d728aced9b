using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Tests.Support;

/// <summary>An empty stream that is gone once it was read, as standard input is, and numbers its partitions anew each time.</summary>
internal sealed class OnceSource : IEventSource
{
    public string Name => "once";

    public RowSchema Schema => LineSchema.Instance;

    public long? TotalBytes => null;

    public long BytesRead => 0;

    public int Partitions => 1;

    public bool KeepsPartitions => false;

    public bool CanReadAgain => false;

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken) => ValueTask.FromResult(SourceRead.End);

    public IReadOnlyList<SourcePosition> Positions() => [];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
