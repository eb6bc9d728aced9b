using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>A stream of lines as a source of batches: one partition, whose position is the offset behind the last line.</summary>
/// <param name="mailbox">Brings the lines.</param>
/// <param name="opened">Told the position when it is known.</param>
internal sealed class DirectInput(LineMailbox mailbox, Action<long> opened) : IEventSource
{
    public const string Partition = "lines";

    private DeadLetters _deadLetters = new();
    private List<InputLine> _lines = [];
    private int _at;
    private long _from;
    private long _next;
    private long _count;
    private long _bytes;
    private bool _ended;

    public string Name => Partition;

    public RowSchema Schema => LineSchema.Instance;

    public long? TotalBytes => null;

    public long BytesRead => Interlocked.Read(ref _bytes);

    public int Partitions => 1;

    public bool CanReadAgain => false;

    public ValueTask OpenAsync(SourceContext context, CancellationToken cancellationToken)
    {
        _deadLetters = context.DeadLetters;
        if (context.Resume.FirstOrDefault(position => position.Partition == Partition) is { } resume)
        {
            (_from, _next, _count) = (resume.Offset, resume.Offset, resume.Line);
        }

        opened(_next);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<SourceRead> ReadAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        while (_at == _lines.Count || !Fill(batch))
        {
            if (_ended)
            {
                return SourceRead.End;
            }

            if (await mailbox.TakeAsync(cancellationToken).ConfigureAwait(false) is not { } lines)
            {
                _ended = true;
                return SourceRead.PartitionEnd;
            }

            if (lines.Count == 0)
            {
                return SourceRead.Idle;
            }

            (_lines, _at) = (lines, 0);
        }

        return SourceRead.Rows;
    }

    public IReadOnlyList<SourcePosition> Positions() => [new SourcePosition(Partition, string.Empty, _next, _count)];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // False when all lines had been read by a run before.
    private bool Fill(EventBatch batch)
    {
        while (_at < _lines.Count && IsRead(_lines[_at]))
        {
            _at++;
        }

        if (_at == _lines.Count)
        {
            return false;
        }

        var column = batch.Pool.RentText();
        batch.Set(LineSchema.LineSlot, column);
        batch.FirstPosition = _count + 1;
        var (rows, tooLong) = (0, new List<int>());
        while (_at < _lines.Count && column.Arena.Length < LineBatcher.ChunkBytes && rows < EventBatch.Capacity)
        {
            if (!Append(column, rows, _lines[_at++]))
            {
                tooLong.Add(rows);
            }

            rows++;
        }

        batch.SelectAll(rows);
        foreach (var row in tooLong)
        {
            batch.Deselect(row);
            _deadLetters.Report(DeadLetterReason.LineTooLong, 0, batch.FirstPosition + row);
        }

        _count += rows;
        Interlocked.Add(ref _bytes, column.Arena.Length);
        return true;
    }

    private bool Append(TextColumn column, int row, InputLine line)
    {
        if (line.Offset >= 0 && line.Offset < _next)
        {
            throw new SourceException($"The offsets of lines must rise: {line.Offset} came after {_next - 1}. What was read before is kept.");
        }

        _next = line.Offset < 0 ? _next + 1 : line.Offset + 1;
        var text = (line.Text ?? string.Empty).AsSpan().TrimEnd("\r\n");
        var bytes = Encoding.UTF8.GetByteCount(text);
        var arena = column.Arena;
        if (bytes > LineBatcher.DefaultMaxLineBytes)
        {
            column.Spans[row] = arena.Append([]);
            return false;
        }

        Encoding.UTF8.GetBytes(text, arena.Reserve(bytes));
        column.Spans[row] = new TextSpan(arena.Length, bytes);
        arena.Length += bytes;
        return true;
    }

    // A source that starts again at its beginning repeats what the stored state has seen.
    private bool IsRead(InputLine line) => line.Offset >= 0 && line.Offset < _from;
}
