using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.Tests.Engine.Runtime;

/// <summary>A source that waits at its first read, or when it is opened, until it is let go or cancelled.</summary>
internal sealed class GatedSource(bool atOpen = false) : IEventSource, IDisposable
{
    private readonly MemoryLineSource _inner = new("m", Encoding.UTF8.GetBytes("""{"time":1767225600000,"user":"u1","page":"/a","bytes":1}"""));
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GatedLines Lines => new(Source.FromLines(() => this));

    public Task Reading => _reading.Task;

    public string Name => "gated";

    public RowSchema Schema => _inner.Schema;

    public long? TotalBytes => null;

    public long BytesRead => 0;

    public int Partitions => 1;

    public void Open() => _gate.TrySetResult();

    public async ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        await _inner.OpenAsync(context, cancellationToken);
        if (atOpen)
        {
            await WaitAsync(cancellationToken);
        }
    }

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        return await _inner.ReadAsync(batch, cancellationToken);
    }

    public IReadOnlyList<SourcePosition> Positions() => _inner.Positions();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public void Dispose() => Open();

    private Task WaitAsync(CancellationToken cancellationToken)
    {
        _reading.TrySetResult();
        return _gate.Task.WaitAsync(cancellationToken);
    }
}

/// <summary>Graphs over a gated source.</summary>
internal sealed record GatedLines(Source<RawLines, NotUsed> Lines)
{
    public RunnableGraph<Task<RunSummary>> ToGraph() =>
        Lines.ParseJsonLines(Planning.Graphs.Map()).Tokenize().Via(RuntimeFixture.Query()).ToMaterialized(Sink.Store(), Keep.Right);

    public RunnableGraph<(IKillSwitch KillSwitch, Task<RunSummary> Completion)> ToKillable() =>
        Lines.ViaMaterialized(KillSwitches.Single<RawLines>(), Keep.Right).ParseJsonLines(Planning.Graphs.Map()).Tokenize().Via(RuntimeFixture.Query()).ToMaterialized(Sink.Store(), Keep.Both);
}
