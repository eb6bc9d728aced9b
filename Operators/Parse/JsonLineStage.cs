using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Reads one JSON object a line straight into columns.</summary>
/// <param name="targets">The fields.</param>
/// <param name="ofNginx">Whether nginx wrote the lines: see <see cref="ParseNginxJson"/>.</param>
internal sealed class JsonLineStage(FieldTarget[] targets, bool ofNginx = false) : ParseStage(targets)
{
    private const int Closed = -2;
    private const int Blank = -3;
    private const int MaxPredictions = 64;

    private readonly JsonKeys _keys = new(targets);
    private readonly IsoTime _times = new();
    private readonly FieldText _values = new();
    private readonly bool _ofNginx = ofNginx;

    // The last one is never learned, so that a line with more keys always finds a prediction that does not match.
    private readonly KeyPrediction[] _predictions = new KeyPrediction[MaxPredictions + 1];

    /// <inheritdoc />
    protected override LineVerdict ParseLine(int start, int end, int row)
    {
        if (_ofNginx && NginxText.HasEscape(Arena.Buffer.AsSpan(start, end - start)))
        {
            var json = NginxText.ToJson(Arena, new TextSpan(start, end - start));
            (start, end) = (json.Offset, json.Offset + json.Length);
        }

        ref var bytes = ref MemoryMarshal.GetArrayDataReference(Arena.Buffer);
        var position = start;
        var key = 0;
        while (true)
        {
            ref var prediction = ref _predictions[key];
            FieldTarget? target;
            if (prediction.Matches(ref Unsafe.Add(ref bytes, position)))
            {
                position += prediction.Length;
                target = prediction.Target;
                key++;
            }
            else
            {
                position = NextValue(ref bytes, position, end, ref key, out target);
                if (position < 0)
                {
                    return Verdict(position);
                }
            }

            if (position >= end)
            {
                // A prediction may have matched across the end, into the next line.
                return Scan.WhiteSpace(ref bytes, start, end) == end ? LineVerdict.Empty : LineVerdict.Malformed;
            }

            if (target is { Type: FieldType.Text, Next: null } && Unsafe.Add(ref bytes, position) == '"')
            {
                var close = Scan.StringStop(ref bytes, position + 1, end);
                if (close < end && Unsafe.Add(ref bytes, close) == '"')
                {
                    var text = new TextSpan(position + 1, close - position - 1);
                    target.Texts[row] = _ofNginx && IsNothing(text) ? TextSpan.Missing : text;
                    position = close + 1;
                    continue;
                }
            }

            // After a predicted colon, this line may have white space where the earlier one had none.
            position = Scan.WhiteSpace(ref bytes, position, end);
            position = position == end ? JsonSyntax.Invalid : ReadValue(ref bytes, position, end, row, target);
            if (position < 0)
            {
                return LineVerdict.Malformed;
            }

            // Unescaping may have moved the arena.
            bytes = ref MemoryMarshal.GetArrayDataReference(Arena.Buffer);
        }
    }

    private LineVerdict Verdict(int position) => position switch
    {
        Closed => Fault is null ? LineVerdict.Row : LineVerdict.WrongType,
        Blank => LineVerdict.Empty,
        _ => LineVerdict.Malformed,
    };

    // Called where the prediction fails: at the end of the object, at a key that was left out, at an unknown key.
    private int NextValue(ref byte bytes, int position, int end, ref int key, out FieldTarget? target)
    {
        target = null;
        var from = position;
        position = Scan.WhiteSpace(ref bytes, position, end);
        if (position >= end)
        {
            return key == 0 ? Blank : JsonSyntax.Invalid;
        }

        var next = Unsafe.Add(ref bytes, position);
        if (key > 0 && next == '}')
        {
            return Scan.WhiteSpace(ref bytes, position + 1, end) == end ? Closed : JsonSyntax.Invalid;
        }

        if (key > 0 && key < MaxPredictions)
        {
            ref var following = ref _predictions[key + 1];
            if (following.Matches(ref Unsafe.Add(ref bytes, from)))
            {
                target = following.Target;
                key += 2;
                return from + following.Length;
            }
        }

        if (next != (key == 0 ? '{' : ','))
        {
            return JsonSyntax.Invalid;
        }

        position = Scan.WhiteSpace(ref bytes, position + 1, end);
        if (key == 0 && position < end && Unsafe.Add(ref bytes, position) == '}')
        {
            return Scan.WhiteSpace(ref bytes, position + 1, end) == end ? Closed : JsonSyntax.Invalid;
        }

        position = ReadKey(ref bytes, position, end, out target);
        if (position >= 0)
        {
            Learn(from, position, ref key, target);
        }

        return position;
    }

    private void Learn(int from, int to, ref int key, FieldTarget? target)
    {
        if (key < MaxPredictions)
        {
            _predictions[key].Learn(Arena.Buffer.AsSpan(from, to - from), target);
            key++;
        }
    }

    private int ReadKey(ref byte bytes, int position, int end, out FieldTarget? target)
    {
        target = null;
        if (position >= end || Unsafe.Add(ref bytes, position) != '"')
        {
            return JsonSyntax.Invalid;
        }

        var start = position + 1;
        var close = JsonSyntax.StringEnd(ref bytes, start, end, out var escaped);
        if (close == JsonSyntax.Invalid)
        {
            return close;
        }

        target = FindKey(Arena.Buffer.AsSpan(start, close - start), escaped);
        position = Scan.WhiteSpace(ref bytes, close + 1, end);
        return position < end && Unsafe.Add(ref bytes, position) == ':'
            ? Scan.WhiteSpace(ref bytes, position + 1, end)
            : JsonSyntax.Invalid;
    }

    private FieldTarget? FindKey(ReadOnlySpan<byte> key, bool escaped)
    {
        if (!escaped)
        {
            return _keys.Find(key);
        }

        var plain = new byte[key.Length];
        return JsonText.TryUnescape(key, plain, out var written) ? _keys.Find(plain.AsSpan(0, written)) : null;
    }

    private int ReadValue(ref byte bytes, int position, int end, int row, FieldTarget? target)
    {
        if (target is null)
        {
            CountUnmapped(1);
        }

        switch (Unsafe.Add(ref bytes, position))
        {
            case (byte)'"':
                return ReadString(ref bytes, position + 1, end, row, target);
            case (byte)'-' when _ofNginx && position + 1 < end && Unsafe.Add(ref bytes, position + 1) is (byte)',' or (byte)'}':
                SetMissing(row, target);
                return position + 1;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return ReadNumber(ref bytes, position, end, row, target);
            case (byte)'n':
                SetMissing(row, target);
                return JsonSyntax.LiteralEnd(ref bytes, position, end);
            case (byte)'{' or (byte)'[':
                Refuse(row, target);
                return JsonSyntax.NestedEnd(ref bytes, position, end);
            default:
                Refuse(row, target);
                return JsonSyntax.LiteralEnd(ref bytes, position, end);
        }
    }

    private int ReadNumber(ref byte bytes, int position, int end, int row, FieldTarget? target)
    {
        if (!NumberText.TryRead(ref bytes, position, end, out var number))
        {
            return JsonSyntax.Invalid;
        }

        for (; target is not null; target = target.Next)
        {
            if (target.Type == FieldType.Text)
            {
                target.Texts[row] = new TextSpan(position, number.End - position);
            }
            else if (!target.TrySetNumber(row, number, Arena.Buffer.AsSpan(position, number.End - position)))
            {
                RefuseOne(row, target);
            }
        }

        return number.End;
    }

    private int ReadString(ref byte bytes, int position, int end, int row, FieldTarget? target)
    {
        var close = JsonSyntax.StringEnd(ref bytes, position, end, out var escaped);
        if (close == JsonSyntax.Invalid)
        {
            return close;
        }

        var text = new TextSpan(position, close - position);
        if (target is not null && escaped && !JsonText.TryUnescape(Arena, text, out text))
        {
            Refuse(row, target);
            return close + 1;
        }

        for (; target is not null; target = target.Next)
        {
            SetText(row, target, text);
        }

        return close + 1;
    }

    // What nginx writes for a variable without a value.
    private bool IsNothing(TextSpan text) => text.Length == 0 || (text.Length == 1 && Arena.Buffer[text.Offset] == '-');

    private static void SetMissing(int row, FieldTarget? target)
    {
        for (; target is not null; target = target.Next)
        {
            target.SetMissing(row);
        }
    }

    private void SetNginxText(int row, FieldTarget target, TextSpan text)
    {
        if (IsNothing(text))
        {
            target.SetMissing(row);
        }
        else if (!_values.TrySet(target, row, Arena.Buffer, text))
        {
            RefuseOne(row, target);
        }
    }

    private void SetText(int row, FieldTarget target, TextSpan text)
    {
        if (_ofNginx)
        {
            SetNginxText(row, target, text);
            return;
        }

        if (target.Type == FieldType.Text)
        {
            target.Texts[row] = text;
        }
        else if (target.Type == FieldType.Time
            && _times.TryRead(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Arena.Buffer), text.Offset), text.Length, out var time))
        {
            target.Numbers[row] = time;
        }
        else
        {
            RefuseOne(row, target);
        }
    }

    private void Refuse(int row, FieldTarget? target)
    {
        for (; target is not null; target = target.Next)
        {
            RefuseOne(row, target);
        }
    }

    // An event time or arrival stamp that cannot be read counts as missing.
    private void RefuseOne(int row, FieldTarget target)
    {
        target.SetMissing(row);
        if (target.Role == TimeRole.None)
        {
            Fault ??= target;
        }
    }
}
