using System.Buffers.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Soak;

/// <summary>The lines of <see cref="JsonLines"/> again and again, with times that go on: a fixed set of users and pages over
/// any number of events.</summary>
/// <param name="events">Events in all.</param>
/// <param name="onProgress">Called with the number of events before every batch.</param>
internal sealed class EndlessLineSource(long events, Action<long> onProgress) : IEventSource
{
    private const int BlockEvents = JsonLines.EventsPerMinute;
    private const int TimeOffset = 9;
    private static readonly DateTime Start = new(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc);
    private readonly byte[] _block = JsonLines.Create(BlockEvents, seed: 1);
    private long _read;

    public string Name => "endless";

    public RowSchema Schema => LineSchema.Instance;

    public long? TotalBytes => events * JsonLines.LineBytes;

    public long BytesRead => Volatile.Read(ref _read) * JsonLines.LineBytes;

    public int Partitions => 1;

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        onProgress(_read);
        var first = (int)(_read % BlockEvents);
        var rows = (int)Math.Min(Math.Min(EventBatch.Capacity, BlockEvents - first), events - _read);
        if (rows == 0)
        {
            return ValueTask.FromResult(SourceRead.End);
        }

        Fill(batch, first, rows);
        batch.FirstPosition = _read + 1;
        _read += rows;
        return ValueTask.FromResult(SourceRead.Rows);
    }

    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition("endless", string.Empty, _read, _read)];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Fill(EventBatch batch, int first, int rows)
    {
        var column = batch.Pool.RentText();
        var arena = column.Arena;
        _block.AsSpan(first * JsonLines.LineBytes, rows * JsonLines.LineBytes).CopyTo(arena.Reserve(rows * JsonLines.LineBytes));
        arena.Length = rows * JsonLines.LineBytes;
        var minute = Start.AddMinutes(_read / BlockEvents);
        Span<byte> text = stackalloc byte[32];
        Utf8Formatter.TryFormat(minute, text, out _, 'O');
        for (var row = 0; row < rows; row++)
        {
            var offset = row * JsonLines.LineBytes;

            // Up to the minute; seconds and milliseconds are those of the block.
            text[..16].CopyTo(arena.Buffer.AsSpan(offset + TimeOffset));
            column.Spans[row] = new TextSpan(offset, JsonLines.LineBytes - 1);
        }

        batch.Set(LineSchema.LineSlot, column);
        batch.SelectAll(rows);
    }
}
