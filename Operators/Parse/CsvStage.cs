using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Reads one record of comma-separated values a row: delimiters and quotes are found 64 bytes at a time.</summary>
internal sealed class CsvStage(FieldTarget[] targets, CsvFormat format) : ParseStage(targets)
{
    private const int Invalid = -1;
    private readonly CsvColumns _columns = new(targets, format);
    private readonly FieldText _values = new();
    private readonly byte _delimiter = (byte)format.Delimiter;

    /// <inheritdoc />
    protected override void Begin(ReadOnlySpan<byte> before) => _columns.Read(before);

    /// <inheritdoc />
    protected override LineVerdict ParseLine(int start, int end, int row)
    {
        if (end == start || (Arena.Buffer[start] <= ' ' && Scan.WhiteSpace(ref Origin, start, end) == end))
        {
            return LineVerdict.Empty;
        }

        var fields = _columns.Targets;
        var (column, field, block) = (0, start, start);
        while (block < end)
        {
            var stops = Stops(ref Unsafe.Add(ref Origin, block), end - block);
            var next = block + Vector512<byte>.Count;
            for (; stops != 0; stops &= stops - 1)
            {
                var stop = block + BitOperations.TrailingZeroCount(stops);
                if (column >= fields.Length)
                {
                    return LineVerdict.Malformed;
                }

                if (Unsafe.Add(ref Origin, stop) == _delimiter)
                {
                    SetPlain(fields[column++], row, field, stop);
                    field = stop + 1;
                    continue;
                }

                // A quote opens a field or is a mistake.
                var close = stop == field ? ReadQuoted(fields[column++], row, field, end) : Invalid;
                if (close == Invalid)
                {
                    return LineVerdict.Malformed;
                }

                if (close == end)
                {
                    return Verdict(column);
                }

                field = next = close + 1;
                break;
            }

            block = next;
        }

        if (column >= fields.Length)
        {
            return LineVerdict.Malformed;
        }

        SetPlain(fields[column++], row, field, end);
        return Verdict(column);
    }

    // Unescaping may move the arena, so the origin is taken anew for each part.
    private ref byte Origin => ref MemoryMarshal.GetArrayDataReference(Arena.Buffer);

    private LineVerdict Verdict(int columns)
    {
        if (columns != _columns.Targets.Length)
        {
            return LineVerdict.Malformed;
        }

        CountUnmapped(_columns.Unmapped);
        return Fault is null ? LineVerdict.Row : LineVerdict.WrongType;
    }

    // Bit i is set when byte i is a delimiter or a quote; bytes from the end on are not looked at.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Stops(ref byte bytes, int length)
    {
        var block = Vector512.LoadUnsafe(ref bytes);
        var stops = (Vector512.Equals(block, Vector512.Create(_delimiter)) | Vector512.Equals(block, Vector512.Create((byte)'"'))).ExtractMostSignificantBits();
        return length >= Vector512<byte>.Count ? stops : stops & ((1UL << length) - 1);
    }

    // Returns the position after the closing quote, where a delimiter or the end must stand.
    private int ReadQuoted(FieldTarget? target, int row, int open, int end)
    {
        var (position, escaped) = (open + 1, false);
        while (true)
        {
            var quote = Arena.Buffer.AsSpan(position, end - position).IndexOf((byte)'"');
            if (quote < 0)
            {
                return Invalid;
            }

            position += quote + 1;
            if (position < end && Unsafe.Add(ref Origin, position) == '"')
            {
                escaped = true;
                position++;
                continue;
            }

            if (position < end && Unsafe.Add(ref Origin, position) != _delimiter)
            {
                return Invalid;
            }

            if (target is not null)
            {
                var text = new TextSpan(open + 1, position - open - 2);
                Set(target, row, escaped ? CsvText.Unescape(Arena, text) : text);
            }

            return position;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetPlain(FieldTarget? target, int row, int start, int end)
    {
        // Nothing between two delimiters is no value; between quotes it is the empty text.
        if (target is null || start == end)
        {
            return;
        }

        if (target is { Type: FieldType.Text, Next: null })
        {
            target.Texts[row] = new TextSpan(start, end - start);
            return;
        }

        Set(target, row, new TextSpan(start, end - start));
    }

    private void Set(FieldTarget target, int row, TextSpan text)
    {
        for (var next = target; next is not null; next = next.Next)
        {
            // An event time or arrival stamp that cannot be read counts as missing.
            if (!_values.TrySet(next, row, Arena.Buffer, text) && next.Role == TimeRole.None)
            {
                Fault ??= next;
            }
        }
    }
}
