using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Reads one log line a row:
/// <c>client ident user [time] "request" status bytes "referrer" "user-agent"</c>, the last two together or not at all.</summary>
internal sealed class CombinedLogStage : ParseStage
{
    private const int Invalid = -1;
    private readonly LogElements _elements;
    private readonly LogTime _times = new();
    private readonly int _unmappedCommon;
    private readonly int _unmappedCombined;
    private readonly bool _readsRequestParts;

    public CombinedLogStage(FieldTarget[] targets)
        : base(targets)
    {
        _elements = new LogElements(targets);
        _unmappedCommon = _elements.UnmappedCommon;
        _unmappedCombined = _elements.UnmappedCombined;
        _readsRequestParts = _elements.ReadsRequestParts;
    }

    /// <inheritdoc />
    protected override LineVerdict ParseLine(int start, int end, int row)
    {
        var position = ReadWho(ref Origin, start, end, row);
        if (position == Invalid)
        {
            return Scan.WhiteSpace(ref Origin, start, end) == end ? LineVerdict.Empty : LineVerdict.Malformed;
        }

        position = ReadTime(ref Origin, position, end, row);
        position = position == Invalid ? Invalid : ReadRequest(position, end, row);
        position = position == Invalid ? Invalid : ReadNumber(ref Origin, position, end, row, _elements.Status, isBytes: false);
        position = position == Invalid ? Invalid : ReadNumber(ref Origin, position, end, row, _elements.Bytes, isBytes: true);
        if (position == Invalid || !ReadCombined(position, end, row))
        {
            return LineVerdict.Malformed;
        }

        return Fault is null ? LineVerdict.Row : LineVerdict.WrongType;
    }

    // Unescaping may move the arena, so the origin is taken anew for each part.
    private ref byte Origin => ref MemoryMarshal.GetArrayDataReference(Arena.Buffer);

    // Client, ident and user; returns the position of the bracket. A user's name may contain spaces.
    private int ReadWho(ref byte bytes, int start, int end, int row)
    {
        var client = Scan.Stop(ref bytes, start, end, (byte)' ');
        if (client >= end || client == start || Unsafe.Add(ref bytes, client) != ' ')
        {
            return Invalid;
        }

        var ident = Scan.Stop(ref bytes, client + 1, end, (byte)' ');
        if (ident >= end || ident == client + 1 || Unsafe.Add(ref bytes, ident) != ' ')
        {
            return Invalid;
        }

        var bracket = ident + 1;
        do
        {
            bracket = Scan.Stop(ref bytes, bracket + 1, end, (byte)'[');
            if (bracket >= end || Unsafe.Add(ref bytes, bracket) != '[')
            {
                return Invalid;
            }
        }
        while (bracket < ident + 3 || Unsafe.Add(ref bytes, bracket - 1) != ' ');

        SetText(row, _elements.Client, start, client);
        SetUnlessDash(row, _elements.Ident, client + 1, ident);
        SetUnlessDash(row, _elements.User, ident + 1, bracket - 1);
        return bracket;
    }

    // Returns the position of the request's opening quote.
    private int ReadTime(ref byte bytes, int bracket, int end, int row)
    {
        var start = bracket + 1;
        var close = start + LogTime.Length;
        long time = Int64Column.Missing;
        if (close >= end || Unsafe.Add(ref bytes, close) != ']' || !_times.TryRead(ref Unsafe.Add(ref bytes, start), out time))
        {
            time = Int64Column.Missing;
            close = Scan.Stop(ref bytes, start, end, (byte)']');
        }

        if (close + 2 >= end || Unsafe.Add(ref bytes, close) != ']' || Unsafe.Add(ref bytes, close + 1) != ' ' || Unsafe.Add(ref bytes, close + 2) != '"')
        {
            return Invalid;
        }

        for (var target = _elements.Time; target is not null; target = target.Next)
        {
            if (target.Type == FieldType.Text)
            {
                target.Texts[row] = new TextSpan(start, close - start);
            }
            else
            {
                target.Numbers[row] = time;
                Fault ??= time == Int64Column.Missing && target.Role == TimeRole.None ? target : null;
            }
        }

        return close + 2;
    }

    // Returns the position after the closing quote.
    private int ReadRequest(int quote, int end, int row)
    {
        var start = quote + 1;
        var close = QuotedEnd(ref Origin, start, end, out var escaped);
        if (close == Invalid || close == end)
        {
            return Invalid;
        }

        if (_readsRequestParts)
        {
            var parts = RequestLine.Split(Arena.Buffer, start, close);
            SetQuoted(row, _elements.Method, parts.Method, escaped);
            SetQuoted(row, _elements.Path, parts.Path, escaped);
            SetQuoted(row, _elements.Query, parts.Query, escaped);
            SetQuoted(row, _elements.Protocol, parts.Protocol, escaped);
        }

        SetQuoted(row, _elements.Request, UnlessDash(start, close), escaped);
        return close + 1;
    }

    // A space and digits, or a dash. Returns the position after them.
    private int ReadNumber(ref byte bytes, int position, int end, int row, FieldTarget? target, bool isBytes)
    {
        var start = position + 1;
        if (start >= end || Unsafe.Add(ref bytes, position) != ' ')
        {
            return Invalid;
        }

        if (Unsafe.Add(ref bytes, start) == '-')
        {
            for (; target is not null && isBytes; target = target.Next)
            {
                // No body was sent: that is a quantity, zero.
                if (target.Type == FieldType.Text)
                {
                    target.Texts[row] = new TextSpan(start, 1);
                }
                else
                {
                    target.Numbers[row] = 0;
                }
            }

            return start + 1;
        }

        // Log formats write no leading zeros, but 000 is a status that some write for an aborted request.
        var stop = Math.Min(end, start + Digits.Short(ref Unsafe.Add(ref bytes, start), out _));
        while (stop < end && char.IsAsciiDigit((char)Unsafe.Add(ref bytes, stop)))
        {
            stop++;
        }

        if (stop == start)
        {
            return Invalid;
        }

        SetText(row, target, start, stop);
        return stop;
    }

    private bool ReadCombined(int position, int end, int row)
    {
        if (Scan.WhiteSpace(ref Origin, position, end) == end)
        {
            CountUnmapped(_unmappedCommon);
            return true;
        }

        position = ReadQuoted(position, end, row, _elements.Referrer, isLast: false);
        position = position == Invalid ? Invalid : ReadQuoted(position, end, row, _elements.UserAgent, isLast: true);
        if (position == Invalid || (position < end && Unsafe.Add(ref Origin, position) != ' '))
        {
            return false;
        }

        var more = Scan.WhiteSpace(ref Origin, position, end) < end ? 1 : 0;
        CountUnmapped(_unmappedCommon + _unmappedCombined + more);
        return true;
    }

    // A space and a quoted text. Returns the position after the closing quote. Real logs hold lines whose last element was
    // cut off; what is there of it is taken.
    private int ReadQuoted(int position, int end, int row, FieldTarget? target, bool isLast)
    {
        ref var bytes = ref Origin;
        var start = position + 2;
        if (start >= end || Unsafe.Add(ref bytes, position) != ' ' || Unsafe.Add(ref bytes, position + 1) != '"')
        {
            return Invalid;
        }

        var close = QuotedEnd(ref bytes, start, end, out var escaped);
        if (close == Invalid || (close == end && !isLast))
        {
            return Invalid;
        }

        SetQuoted(row, target, UnlessDash(start, close), escaped);
        return Math.Min(close + 1, end);
    }

    // Position of the closing quote, or the line's end when there is none.
    private static int QuotedEnd(ref byte bytes, int position, int end, out bool escaped)
    {
        escaped = false;
        while (true)
        {
            position = Scan.StringStop(ref bytes, position, end);
            if (position >= end)
            {
                return end;
            }

            if (Unsafe.Add(ref bytes, position) != '\\')
            {
                return Unsafe.Add(ref bytes, position) == '"' ? position : Invalid;
            }

            escaped = true;
            position += 2;
        }
    }

    private TextSpan UnlessDash(int start, int end) =>
        end - start == 1 && Arena.Buffer[start] == '-' ? TextSpan.Missing : new TextSpan(start, end - start);

    private void SetUnlessDash(int row, FieldTarget? target, int start, int end)
    {
        if (target is not null && !UnlessDash(start, end).IsMissing)
        {
            SetText(row, target, start, end);
        }
    }

    private void SetQuoted(int row, FieldTarget? target, TextSpan text, bool escaped)
    {
        if (target is null || text.IsMissing)
        {
            return;
        }

        if (escaped)
        {
            text = LogText.Unescape(Arena, text);
        }

        SetText(row, target, text.Offset, text.Offset + text.Length);
    }

    private void SetText(int row, FieldTarget? target, int start, int end)
    {
        for (; target is not null; target = target.Next)
        {
            if (target.Type == FieldType.Text)
            {
                target.Texts[row] = new TextSpan(start, end - start);
            }
            else if (!TrySetNumber(row, target, start, end))
            {
                Fault ??= target;
            }
        }
    }

    private bool TrySetNumber(int row, FieldTarget target, int start, int end)
    {
        ref var bytes = ref Origin;
        while (end - start > 1 && Unsafe.Add(ref bytes, start) == '0')
        {
            start++;
        }

        return start < end
            && NumberText.TryRead(ref bytes, start, end, out var number)
            && number.End == end
            && target.TrySetNumber(row, number, Arena.Buffer.AsSpan(start, end - start));
    }
}
