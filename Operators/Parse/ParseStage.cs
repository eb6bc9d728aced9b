using System.Numerics;
using System.Text.Unicode;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>What parsers of lines have in common: columns, UTF-8, times, dead letters. The format itself is in
/// <see cref="ParseLine"/>.</summary>
internal abstract class ParseStage(FieldTarget[] targets) : RowStage
{
    private static readonly long EarliestMs = Milliseconds(new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    private static readonly long LatestMs = Milliseconds(new DateTime(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    private readonly FieldTarget _event = targets.Single(target => target.Role == TimeRole.Event);
    private readonly FieldTarget? _arrival = targets.SingleOrDefault(target => target.Role == TimeRole.Arrival);
    private readonly FieldTarget[] _required = [.. targets.Where(target => target.Required && target.Role == TimeRole.None)];
    private ByteArena? _arena;
    private long _unmapped;
    private long _unmappedReported;

    /// <summary>Fields outside the data map that were dropped, by this stage.</summary>
    public long UnmappedFields => Volatile.Read(ref _unmapped);

    /// <summary>The arena of the batch at hand. Unescaped texts are appended to it.</summary>
    protected ByteArena Arena => _arena!;

    /// <summary>The first field of the line at hand with a value of another type; set by <see cref="ParseLine"/>.</summary>
    protected FieldTarget? Fault { get; set; }

    /// <summary>Reads one line into the columns. The line is valid UTF-8.</summary>
    /// <param name="start">Its first byte in the arena.</param>
    /// <param name="end">The byte after its last; <see cref="Scan.Slack"/> bytes after it are readable.</param>
    /// <param name="row">The row.</param>
    /// <returns>What it is.</returns>
    protected abstract LineVerdict ParseLine(int start, int end, int row);

    /// <summary>Called before the rows of a batch.</summary>
    /// <param name="before">What stands in the arena before the first row: a heading, or nothing of meaning.</param>
    protected virtual void Begin(ReadOnlySpan<byte> before)
    {
        // Most formats have no heading.
    }

    /// <summary>Counts fields outside the data map.</summary>
    /// <param name="fields">How many.</param>
    protected void CountUnmapped(int fields) => _unmapped += fields;

    /// <inheritdoc />
    protected sealed override void Process(EventBatch batch)
    {
        var lines = batch.Text(LineSchema.LineSlot);
        _arena = lines.Arena;
        var length = _arena.Length;
        // Afterwards vector loads from anywhere in a line stay inside the buffer.
        _arena.Reserve(Scan.Slack);
        foreach (var target in targets)
        {
            target.Attach(batch, _arena);
        }

        if (batch.Count > 0)
        {
            Begin(_arena.Buffer.AsSpan(0, lines.Spans[0].Offset));
        }

        var allValid = Utf8.IsValid(_arena.Buffer.AsSpan(0, length));
        var selection = batch.Selection;
        for (var word = 0; word < selection.Length; word++)
        {
            for (var bits = selection[word]; bits != 0; bits &= bits - 1)
            {
                var row = (word << 6) + BitOperations.TrailingZeroCount(bits);
                Judge(batch, row, lines.Spans[row], length, allValid);
            }
        }

        SetTimes(batch);
        batch.Drop(LineSchema.LineSlot);
        Context.DeadLetters.CountUnmapped(_unmapped - _unmappedReported);
        _unmappedReported = _unmapped;
        _arena = null;
    }

    private static long Milliseconds(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;

    private void Judge(EventBatch batch, int row, TextSpan line, int arenaLength, bool allValid)
    {
        var end = line.Offset + line.Length;
        if ((uint)line.Offset > (uint)end || (uint)end > (uint)arenaLength)
        {
            throw new InvalidOperationException($"Row {row} lies outside its arena of {arenaLength} bytes.");
        }

        if (!IsUtf8(line, allValid))
        {
            Report(batch, row, DeadLetterReason.InvalidUtf8, string.Empty);
            return;
        }

        Fault = null;
        switch (ParseLine(line.Offset, end, row))
        {
            case LineVerdict.Row:
                CheckValues(batch, row);
                break;
            case LineVerdict.Empty:
                batch.Deselect(row);
                break;
            case LineVerdict.WrongType:
                Report(batch, row, DeadLetterReason.WrongType, Fault!.Name);
                break;
            default:
                Report(batch, row, DeadLetterReason.Malformed, string.Empty);
                break;
        }
    }

    // Where the whole buffer is valid, a line can be invalid only by beginning or ending inside a character.
    private bool IsUtf8(TextSpan line, bool allValid)
    {
        if (line.Length == 0)
        {
            return true;
        }

        var buffer = Arena.Buffer;
        return (allValid && (buffer[line.Offset] | buffer[line.Offset + line.Length - 1]) < 0x80)
            || Utf8.IsValid(buffer.AsSpan(line.Offset, line.Length));
    }

    private void CheckValues(EventBatch batch, int row)
    {
        foreach (var target in _required)
        {
            if (target.IsMissing(row))
            {
                Report(batch, row, DeadLetterReason.MissingField, target.Name);
                return;
            }
        }

        if (CheckTime(batch, row, _event) && _arrival is not null)
        {
            CheckTime(batch, row, _arrival);
        }
    }

    private bool CheckTime(EventBatch batch, int row, FieldTarget target)
    {
        var time = target.Numbers[row];
        if (time >= EarliestMs && time < LatestMs)
        {
            return true;
        }

        var reason = time == Int64Column.Missing ? DeadLetterReason.MissingTime : DeadLetterReason.TimeOutOfRange;
        Report(batch, row, reason, target.Name);
        return false;
    }

    private void Report(EventBatch batch, int row, DeadLetterReason reason, string field)
    {
        batch.Deselect(row);
        Context.DeadLetters.Report(reason, batch.Partition, batch.FirstPosition + row, field);
    }

    private void SetTimes(EventBatch batch)
    {
        foreach (var (slot, source) in ((int, FieldTarget)[])[(RowSchema.EventTime, _event), (RowSchema.Arrival, _arrival ?? _event)])
        {
            var column = batch.Pool.RentInt64();
            source.Numbers.AsSpan(0, batch.Count).CopyTo(column.Values);
            batch.Set(slot, column);
        }
    }
}
