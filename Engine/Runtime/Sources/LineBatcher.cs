using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Sources;

/// <summary>
/// Fills batches with the lines of one stream of bytes, for sources of text lines. It keeps the beginning of a line that
/// is not complete for the next batch, counts lines and bytes, and passes over lines that are too long without
/// holding them.
/// </summary>
/// <remarks>
/// <code>Begin, ( Cut, [Reserve, Advance] )*, Finish</code>
/// <para>A batch is left early before a line that is too long, so that its rows are consecutive lines. A byte order mark at
/// the very start is not part of the first line. A line feed ends a line, with a carriage return before it; what follows
/// the last one is a line too. Not safe for concurrent use.</para>
/// <para>With <see cref="QuotedRecords"/> a line is a record of RFC 4180, which may hold line feeds between double quotes. When a
/// record is too long, or its quotes do not close before the end, its first line is passed over and cutting begins anew
/// behind it, so that a stray quote costs little. With <see cref="HasHeading"/> the first one is no row: its text stands before
/// the first row of every batch, from the start of the column's arena on.</para>
/// </remarks>
public sealed class LineBatcher
{
    /// <summary>Bytes that a batch is filled with, at most, unless one line is longer.</summary>
    public const int ChunkBytes = 256 * 1024;

    /// <summary>The smallest longest line: 1 KiB.</summary>
    public const int SmallestMaxLineBytes = 1024;

    /// <summary>The largest longest line: 16 MiB.</summary>
    public const int LargestMaxLineBytes = 16 * 1024 * 1024;

    /// <summary>The longest line unless configured: 1 MiB.</summary>
    public const int DefaultMaxLineBytes = 1024 * 1024;

    private const int SmallestChunk = 4096;
    private readonly int _maxLineBytes;
    private readonly int _partition;
    private readonly DeadLetters _deadLetters;
    private byte[] _carry = [];
    private int _carryLength;
    private int _target = ChunkBytes;
    private bool _skipping;
    private EventBatch? _batch;
    private TextColumn? _column;
    private long _firstPosition;
    private int _rows;
    private int _start;
    private int _scanned;
    private int _firstRow;
    private bool _quoted;

    /// <summary>A batcher at the start of its bytes, or at a position that an earlier one reached.</summary>
    /// <param name="partition">The partition of its batches.</param>
    /// <param name="deadLetters">Where lines go that are too long.</param>
    /// <param name="maxLineBytes">The longest line without its ending: <see cref="SmallestMaxLineBytes"/> to
    /// <see cref="LargestMaxLineBytes"/>.</param>
    /// <param name="offset">Byte offset of the next line, 0 or more.</param>
    /// <param name="lines">Lines before it, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public LineBatcher(int partition, DeadLetters deadLetters, int maxLineBytes = DefaultMaxLineBytes, long offset = 0, long lines = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLineBytes, SmallestMaxLineBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLineBytes, LargestMaxLineBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(lines);
        (_partition, _deadLetters, _maxLineBytes, Offset, Lines) = (partition, deadLetters, maxLineBytes, offset, lines);
    }

    /// <summary>Whether line feeds between double quotes belong to a record. Default: false.</summary>
    public bool QuotedRecords { get; init; }

    /// <summary>Whether the first line is a heading. Default: false.</summary>
    public bool HasHeading { get; init; }

    /// <summary>The heading; set by whoever starts behind it. Default: empty, until it was read.</summary>
    public ReadOnlyMemory<byte> Heading { get; set; }

    /// <summary>Byte offset of the first line that was not put into a batch.</summary>
    public long Offset { get; private set; }

    /// <summary>Lines before it, those passed over included.</summary>
    public long Lines { get; private set; }

    /// <summary>Bytes that were taken but not yet put into a batch: the beginning of a line.</summary>
    public int Pending => _batch is null ? _carryLength : Arena.Length - _start;

    /// <summary>Rows of the batch at hand.</summary>
    public int Rows => _rows;

    /// <summary>Bytes that the batch at hand still takes before it should be finished; more only to complete a first line.
    /// Follows the length of lines, so that little is carried from batch to batch.</summary>
    public int Wanted => Math.Max(0, _target - Arena.Length);

    private ByteArena Arena => _column!.Arena;

    /// <summary>The first line or record of a text.</summary>
    /// <param name="text">The text's beginning: as many bytes as a line may have with its ending, or all of it.</param>
    /// <param name="maxLineBytes">The longest line.</param>
    /// <param name="quotedRecords">As <see cref="QuotedRecords"/>.</param>
    /// <returns>A copy of it; empty when it is too long.</returns>
    public static ReadOnlyMemory<byte> FirstLine(ReadOnlySpan<byte> text, int maxLineBytes, bool quotedRecords)
    {
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        var (start, scanned, quoted, count) = (0, 0, false, 0);
        Span<TextSpan> line = stackalloc TextSpan[1];
        var stop = quotedRecords
            ? RecordCutter.Cut(text, ref start, ref scanned, ref quoted, line, maxLineBytes, out count)
            : LineCutter.Cut(text, ref start, ref scanned, line, maxLineBytes, out count);
        return count > 0 ? text.Slice(line[0].Offset, line[0].Length).ToArray() : stop == LineCutter.Stop.OutOfText && !quoted ? text.ToArray() : default;
    }

    /// <summary>Starts a batch with what was kept from the one before.</summary>
    /// <param name="batch">An empty batch; its line column is set here.</param>
    public void Begin(EventBatch batch)
    {
        _batch = batch;
        _column = batch.Pool.RentText();
        batch.Set(LineSchema.LineSlot, _column);
        Arena.Append(Heading.Span);
        Arena.Append(_carry.AsSpan(0, _carryLength));
        _firstRow = Heading.Length;
        (_rows, _start, _scanned, _quoted, _carryLength) = (0, _firstRow, _firstRow, false, 0);
    }

    /// <summary>Room for more bytes; <see cref="Advance"/> says how many were written.</summary>
    /// <param name="count">Bytes needed.</param>
    /// <returns>At least as many bytes.</returns>
    public Span<byte> Reserve(int count) => Arena.Reserve(count);

    /// <summary>Takes bytes that were written into the room.</summary>
    /// <param name="count">How many.</param>
    public void Advance(int count) => Arena.Length += count;

    /// <summary>Cuts the bytes taken so far into rows.</summary>
    /// <param name="isEnd">Whether the line that is not complete is the last one.</param>
    /// <returns>True when the batch must be finished, because it is full or a line follows that is passed over.</returns>
    public bool Cut(bool isEnd)
    {
        if (!PassByteOrderMark(isEnd))
        {
            return false;
        }

        while (!_skipping || Skip())
        {
            var stop = QuotedRecords
                ? RecordCutter.Cut(Arena.Buffer.AsSpan(0, Arena.Length), ref _start, ref _scanned, ref _quoted, _column!.Spans.AsSpan(_rows), _maxLineBytes, out var count)
                : LineCutter.Cut(Arena.Buffer.AsSpan(0, Arena.Length), ref _start, ref _scanned, _column!.Spans.AsSpan(_rows), _maxLineBytes, out count);
            Took(count);
            if (stop == LineCutter.Stop.OutOfText)
            {
                stop = isEnd ? CutLast() : stop;
            }

            if (stop == LineCutter.Stop.OutOfRoom || (stop is LineCutter.Stop.LineTooLong or LineCutter.Stop.QuoteOpen && _rows > 0))
            {
                return true;
            }

            if (stop == LineCutter.Stop.OutOfText)
            {
                return false;
            }

            _deadLetters.Report(stop == LineCutter.Stop.QuoteOpen ? DeadLetterReason.Malformed : DeadLetterReason.LineTooLong, _partition, Lines + 1);
            _skipping = true;
        }

        // Inside a line that is passed over; at the end of the bytes it ends as well.
        if (isEnd)
        {
            _skipping = false;
            Lines++;
        }

        return false;
    }

    /// <summary>Forgets the beginning of a line whose rest will not come; <see cref="Offset"/> stays before it.</summary>
    public void DropPending()
    {
        Arena.Length = _scanned = _start;
        _quoted = false;
    }

    /// <summary>Ends the batch and keeps what is not in it for the next one.</summary>
    /// <returns>The number of rows; with 0, the batch holds nothing.</returns>
    public int Finish()
    {
        var rest = Arena.Buffer.AsSpan(_start, Arena.Length - _start);
        if (_carry.Length < rest.Length)
        {
            _carry = GC.AllocateUninitializedArray<byte>((int)Math.Max(rest.Length, Math.Min(2L * _carry.Length, ChunkBytes)));
        }

        rest.CopyTo(_carry);
        _carryLength = rest.Length;
        Arena.Length = _start;
        _target = _rows == EventBatch.Capacity
            ? Math.Clamp(_start + (_start >> 4), SmallestChunk, ChunkBytes)
            : Math.Min(2 * _target, ChunkBytes);
        var batch = _batch!;
        (_batch, _column) = (null, null);
        batch.Partition = _partition;
        batch.FirstPosition = _firstPosition;
        batch.SelectAll(_rows);
        if (_rows == 0)
        {
            batch.Drop(LineSchema.LineSlot);
        }

        return _rows;
    }

    private bool PassByteOrderMark(bool isEnd)
    {
        if (Offset > 0 || _rows > 0 || _skipping)
        {
            return true;
        }

        var head = Arena.Buffer.AsSpan(_start, Arena.Length - _start);
        var mark = "\uFEFF"u8;
        if (head.StartsWith(mark))
        {
            (_start, _scanned, Offset) = (mark.Length, mark.Length, mark.Length);
            return true;
        }

        return isEnd || head.Length >= mark.Length || !mark.StartsWith(head);
    }

    // Drops bytes up to the next line feed. Returns whether it was found.
    private bool Skip()
    {
        var feed = Arena.Buffer.AsSpan(_start, Arena.Length - _start).IndexOf((byte)'\n');
        if (feed < 0)
        {
            Offset += Arena.Length - _start;
            Arena.Length = _start;
            (_scanned, _quoted) = (_start, false);
            return false;
        }

        _skipping = false;
        Lines++;
        Offset += feed + 1;
        _start += feed + 1;
        if (HasHeading && _rows == 0)
        {
            // What stands before the first row must be the heading alone.
            Arena.Buffer.AsSpan(_start, Arena.Length - _start).CopyTo(Arena.Buffer.AsSpan(_firstRow));
            Arena.Length -= _start - _firstRow;
            _start = _firstRow;
        }

        (_scanned, _quoted) = (_start, false);
        return true;
    }

    private void Took(int count)
    {
        if (count == 0)
        {
            return;
        }

        if (_rows == 0)
        {
            _firstPosition = Lines + 1;
        }

        // Rows of a batch are consecutive, so the bytes since the last offset are theirs with their endings.
        Offset += _start - _column!.Spans[_rows].Offset;
        _rows += count;
        Lines += count;
        if (HasHeading && Lines == count)
        {
            TakeHeading();
        }
    }

    // The first line is a row no more; the others move up.
    private void TakeHeading()
    {
        var spans = _column!.Spans;
        Heading = Arena.Buffer.AsSpan(spans[0].Offset, spans[0].Length).ToArray();
        spans.AsSpan(1, _rows - 1).CopyTo(spans);
        _rows--;
        _firstPosition++;
        _firstRow = _rows > 0 ? spans[0].Offset : _start;
    }

    private LineCutter.Stop CutLast()
    {
        var length = Arena.Length - _start;
        if (length == 0)
        {
            return LineCutter.Stop.OutOfText;
        }

        if (_quoted)
        {
            _scanned = _start;
            return LineCutter.Stop.QuoteOpen;
        }

        if (_rows == EventBatch.Capacity)
        {
            return LineCutter.Stop.OutOfRoom;
        }

        var text = length - (Arena.Buffer[Arena.Length - 1] == '\r' ? 1 : 0);
        if (text > _maxLineBytes)
        {
            return LineCutter.Stop.LineTooLong;
        }

        _column!.Spans[_rows] = new TextSpan(_start, text);
        _start = _scanned = Arena.Length;
        Took(1);
        return LineCutter.Stop.OutOfText;
    }
}
