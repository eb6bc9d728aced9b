using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Reads values of all types from text, for formats that write everything as text. Not safe for concurrent use.</summary>
internal sealed class FieldText
{
    private readonly IsoTime _iso = new();
    private readonly LogTime _log = new();

    /// <summary>Sets a field from text: text as it is; an empty number or time as missing; numbers with leading zeros; times
    /// as <see cref="IsoTime"/>, <see cref="LogTime"/> or <see cref="UnixTime"/>.</summary>
    /// <param name="target">The field.</param>
    /// <param name="row">The row.</param>
    /// <param name="buffer">The buffer; <see cref="Scan.Slack"/> bytes after the text are readable.</param>
    /// <param name="text">The text.</param>
    /// <returns>False when it is not of the field's type; it counts as missing then.</returns>
    public bool TrySet(FieldTarget target, int row, byte[] buffer, TextSpan text)
    {
        if (target.Type == FieldType.Text)
        {
            target.Texts[row] = text;
            return true;
        }

        target.Numbers[row] = Int64Column.Missing;
        if (text.Length == 0)
        {
            return true;
        }

        ref var bytes = ref MemoryMarshal.GetArrayDataReference(buffer);
        if (target.Type == FieldType.Time && TryReadTime(ref Unsafe.Add(ref bytes, text.Offset), text.Length, out var time))
        {
            target.Numbers[row] = time;
            return true;
        }

        return TrySetNumber(target, row, buffer, text.Offset, text.Offset + text.Length);
    }

    private static bool TrySetNumber(FieldTarget target, int row, byte[] buffer, int start, int end)
    {
        ref var bytes = ref MemoryMarshal.GetArrayDataReference(buffer);
        while (end - start > 1 && Unsafe.Add(ref bytes, start) == '0' && char.IsAsciiDigit((char)Unsafe.Add(ref bytes, start + 1)))
        {
            start++;
        }

        return NumberText.TryRead(ref bytes, start, end, out var number)
            && number.End == end
            && target.TrySetNumber(row, number, buffer.AsSpan(start, end - start));
    }

    private bool TryReadTime(ref byte text, int length, out long time)
    {
        if (length == LogTime.Length && Unsafe.Add(ref text, 2) == '/')
        {
            return _log.TryRead(ref text, out time);
        }

        return _iso.TryRead(ref text, length, out time);
    }
}
