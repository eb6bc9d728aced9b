using System.Runtime.CompilerServices;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Passes over JSON values and checks their grammar (RFC 8259). Positions after a value are returned, or
/// <see cref="Invalid"/>.</summary>
internal static class JsonSyntax
{
    /// <summary>The text is not JSON.</summary>
    public const int Invalid = -1;

    /// <summary>The deepest nesting that is accepted, counting the line's own object.</summary>
    public const int MaxDepth = 64;

    /// <summary>Passes over a string's content.</summary>
    /// <param name="bytes">The buffer.</param>
    /// <param name="position">The first byte after the opening quote.</param>
    /// <param name="end">The line's end.</param>
    /// <param name="escaped">Whether it has escapes.</param>
    /// <returns>Position of the closing quote.</returns>
    public static int StringEnd(ref byte bytes, int position, int end, out bool escaped)
    {
        escaped = false;
        while (true)
        {
            position = Scan.StringStop(ref bytes, position, end);
            if (position >= end || Unsafe.Add(ref bytes, position) < 0x20)
            {
                return Invalid;
            }

            if (Unsafe.Add(ref bytes, position) == '"')
            {
                return position;
            }

            escaped = true;
            position = EscapeEnd(ref bytes, position + 1, end);
            if (position == Invalid)
            {
                return Invalid;
            }
        }
    }

    /// <summary>Passes over <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    /// <param name="bytes">The buffer.</param>
    /// <param name="position">Its first byte.</param>
    /// <param name="end">The line's end.</param>
    /// <returns>The position after it.</returns>
    public static int LiteralEnd(ref byte bytes, int position, int end)
    {
        var text = Unsafe.Add(ref bytes, position) switch
        {
            (byte)'t' => "true"u8,
            (byte)'f' => "false"u8,
            (byte)'n' => "null"u8,
            _ => default,
        };
        if (text.IsEmpty || end - position < text.Length)
        {
            return Invalid;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (Unsafe.Add(ref bytes, position + i) != text[i])
            {
                return Invalid;
            }
        }

        return position + text.Length;
    }

    /// <summary>Passes over an object or array inside the line's object, without recursion.</summary>
    /// <param name="bytes">The buffer.</param>
    /// <param name="position">Its brace or bracket.</param>
    /// <param name="end">The line's end.</param>
    /// <returns>The position after it.</returns>
    public static int NestedEnd(ref byte bytes, int position, int end)
    {
        // Bit 0 of the stack is the innermost level: 1 for an object, 0 for an array.
        ulong stack = 0;
        var depth = 0;
        while (position < end)
        {
            var opening = Unsafe.Add(ref bytes, position);
            if (opening is (byte)'{' or (byte)'[')
            {
                if (++depth >= MaxDepth)
                {
                    return Invalid;
                }

                stack = (stack << 1) | (opening == '{' ? 1UL : 0);
                position = Scan.WhiteSpace(ref bytes, position + 1, end);
                if (position >= end || Unsafe.Add(ref bytes, position) != Closing(stack))
                {
                    position = ElementStart(ref bytes, position, end, stack);
                    continue;
                }
            }
            else
            {
                position = ScalarEnd(ref bytes, position, end) - 1;
                // Now on the value's last byte, as a closing brace is for an empty object; Invalid becomes -2.
                if (position < 0)
                {
                    return Invalid;
                }

                depth++;
                stack <<= 1;
            }

            position = LevelsEnd(ref bytes, position + 1, end, ref stack, ref depth);
            if (depth == 0)
            {
                return position;
            }
        }

        return Invalid;
    }

    // Leaves the level that has just been closed, and all that close after it. Returns the start of the next element, or
    // the position after the outermost value with depth 0.
    private static int LevelsEnd(ref byte bytes, int position, int end, ref ulong stack, ref int depth)
    {
        while (true)
        {
            stack >>= 1;
            if (--depth == 0)
            {
                return position;
            }

            position = Scan.WhiteSpace(ref bytes, position, end);
            if (position >= end)
            {
                return end;
            }

            if (Unsafe.Add(ref bytes, position) == ',')
            {
                position = Scan.WhiteSpace(ref bytes, position + 1, end);
                return ElementStart(ref bytes, position, end, stack);
            }

            if (Unsafe.Add(ref bytes, position) != Closing(stack))
            {
                return end;
            }

            position++;
        }
    }

    // Of an object's member, passes over key and colon. Returns the value's first byte, or the end when there is an error,
    // which ends the caller's loop.
    private static int ElementStart(ref byte bytes, int position, int end, ulong stack)
    {
        if ((stack & 1) == 0)
        {
            return position;
        }

        if (position >= end || Unsafe.Add(ref bytes, position) != '"')
        {
            return end;
        }

        position = StringEnd(ref bytes, position + 1, end, out _);
        if (position == Invalid)
        {
            return end;
        }

        position = Scan.WhiteSpace(ref bytes, position + 1, end);
        return position < end && Unsafe.Add(ref bytes, position) == ':'
            ? Scan.WhiteSpace(ref bytes, position + 1, end)
            : end;
    }

    private static int ScalarEnd(ref byte bytes, int position, int end)
    {
        switch (Unsafe.Add(ref bytes, position))
        {
            case (byte)'"':
                var close = StringEnd(ref bytes, position + 1, end, out _);
                return close == Invalid ? Invalid : close + 1;
            case (byte)'t' or (byte)'f' or (byte)'n':
                return LiteralEnd(ref bytes, position, end);
            default:
                return NumberText.TryRead(ref bytes, position, end, out var number) ? number.End : Invalid;
        }
    }

    private static byte Closing(ulong stack) => (stack & 1) != 0 ? (byte)'}' : (byte)']';

    private static int EscapeEnd(ref byte bytes, int position, int end)
    {
        if (position >= end)
        {
            return Invalid;
        }

        switch (Unsafe.Add(ref bytes, position))
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return position + 1;
            case (byte)'u' when end - position > 4:
                for (var i = 1; i <= 4; i++)
                {
                    if (!char.IsAsciiHexDigit((char)Unsafe.Add(ref bytes, position + i)))
                    {
                        return Invalid;
                    }
                }

                return position + 5;
            default:
                return Invalid;
        }
    }
}
