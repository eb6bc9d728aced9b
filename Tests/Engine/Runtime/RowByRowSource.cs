using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Tests.Engine.Runtime;

/// <summary>The rows of <see cref="RuntimeFixture"/>, each in a batch of its own.</summary>
internal sealed class RowByRowSource : IEventSource
{
    private int _next;

    public int Reads => Volatile.Read(ref _next);

    public string Name => "rows";

    public RowSchema Schema => LineSchema.Instance;

    public long? TotalBytes => null;

    public long BytesRead => 0;

    public int Partitions => 1;

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        _next = context.Resume is [var position] ? (int)position.Offset : 0;
        return ValueTask.CompletedTask;
    }

    public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_next == RuntimeFixture.Rows)
        {
            return ValueTask.FromResult(SourceRead.End);
        }

        var line = string.Create(CultureInfo.InvariantCulture, $$"""{"time":{{RuntimeFixture.Start + (_next * 360_000L)}},"user":"u{{_next % 10}}","page":"/a","bytes":1}""");
        var column = batch.Pool.RentText();
        column.Spans[0] = column.Arena.Append(Encoding.UTF8.GetBytes(line));
        batch.Set(LineSchema.LineSlot, column);
        Interlocked.Increment(ref _next);
        batch.FirstPosition = _next;
        batch.SelectAll(1);
        return ValueTask.FromResult(SourceRead.Rows);
    }

    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition(Name, "", _next, _next)];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
