using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.LoadTests.Compare.Pipeline;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>The lines of <see cref="JsonLines"/> as they arrive by a schedule, each with its arrival as event time. A batch is closed
/// when it is full or after a millisecond.</summary>
/// <param name="schedule">The schedule.</param>
/// <param name="block">Lines to take users and pages from, a whole number of them.</param>
internal sealed class PacedLineSource(ArrivalSchedule schedule, byte[] block) : IEventSource
{
    private const int TimeOffset = 9;
    private const int TimeBytes = 23;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(1);
    private static readonly DateTime Start = new(2026, 3, 1, 10, 0, 0, DateTimeKind.Utc);
    private readonly byte[] _time = new byte[TimeBytes];
    private long _timeMs = -1;
    private long _read;

    public string Name => "paced";

    public RowSchema Schema => LineSchema.Instance;

    public long? TotalBytes => null;

    public long BytesRead => Volatile.Read(ref _read) * JsonLines.LineBytes;

    public int Partitions => 1;

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        // Rows arrive where somebody takes them: what a cold process needs to start a run is no wait of theirs.
        schedule.Begin();
        return ValueTask.CompletedTask;
    }

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        if (schedule.IsPaced && schedule.Due() - _read < EventBatch.Capacity)
        {
            await Task.Delay(Linger, cancellationToken).ConfigureAwait(false);
        }

        while (!schedule.IsOver(_read))
        {
            var rows = (int)Math.Min(EventBatch.Capacity, schedule.Due() - _read);
            if (rows > 0)
            {
                Fill(batch, rows);
                return SourceRead.Rows;
            }

            if (schedule.IsPaced)
            {
                await Task.Delay(Linger, cancellationToken).ConfigureAwait(false);
            }
        }

        return SourceRead.End;
    }

    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition("paced", string.Empty, _read, _read)];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Fill(EventBatch batch, int rows)
    {
        var column = batch.Pool.RentText();
        var arena = column.Arena;
        var text = arena.Reserve(rows * JsonLines.LineBytes)[..(rows * JsonLines.LineBytes)];
        var from = (int)(_read * JsonLines.LineBytes % block.Length);
        var first = Math.Min(text.Length, block.Length - from);
        block.AsSpan(from, first).CopyTo(text);
        block.AsSpan(0, text.Length - first).CopyTo(text[first..]);
        arena.Length = text.Length;
        var now = schedule.ArrivalMs(_read);
        for (var row = 0; row < rows; row++)
        {
            var offset = row * JsonLines.LineBytes;
            SetTime((long)(schedule.IsPaced ? schedule.ArrivalMs(_read + row) : now));
            _time.CopyTo(text[(offset + TimeOffset)..]);
            column.Spans[row] = new TextSpan(offset, JsonLines.LineBytes - 1);
        }

        batch.Set(LineSchema.LineSlot, column);
        batch.FirstPosition = _read + 1;
        batch.SelectAll(rows);
        Volatile.Write(ref _read, _read + rows);
    }

    private void SetTime(long ms)
    {
        if (ms != _timeMs)
        {
            _timeMs = ms;
            Encoding.ASCII.GetBytes(Start.AddMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture), _time);
        }
    }
}
