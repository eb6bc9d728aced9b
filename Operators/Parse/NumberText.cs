using System.Runtime.CompilerServices;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>A decimal number as written: <c>Mantissa * 10^Exponent</c>.</summary>
internal struct NumberText
{
    /// <summary>The first 19 significant digits.</summary>
    public ulong Mantissa;

    /// <summary>Power of ten, clamped to a billion either way.</summary>
    public int Exponent;

    /// <summary>Whether a minus sign stands before it.</summary>
    public bool Negative;

    /// <summary>Whether there is neither fraction nor exponent.</summary>
    public bool IsInteger;

    /// <summary>Whether the mantissa holds all digits.</summary>
    public bool IsExact;

    /// <summary>First position after it.</summary>
    public int End;

    /// <summary>Reads a number by the grammar of JSON (RFC 8259, section 6).</summary>
    /// <param name="bytes">The buffer.</param>
    /// <param name="position">The sign or first digit.</param>
    /// <param name="end">The line's end; <see cref="Scan.Slack"/> bytes after it are readable.</param>
    /// <param name="number">The number.</param>
    /// <returns>False when it is not a number.</returns>
    public static bool TryRead(ref byte bytes, int position, int end, out NumberText number)
    {
        number = default;
        if (Unsafe.Add(ref bytes, position) == '-')
        {
            number.Negative = true;
            position++;
        }

        number.IsInteger = true;
        number.IsExact = true;
        var count = Digits.Short(ref Unsafe.Add(ref bytes, position), out number.Mantissa);
        var after = Unsafe.Add(ref bytes, position + count);
        if (count is > 0 and < 8 && position + count <= end && after != '.' && (after | 0x20) != 'e')
        {
            number.End = position + count;
            return count == 1 || Unsafe.Add(ref bytes, position) != '0';
        }

        return number.TryReadLong(ref bytes, position, end);
    }

    /// <summary>The number as a whole number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>False when it has a fraction or exponent, or lies outside -(2^63)+1 to 2^63-1.</returns>
    public readonly bool TryGetInt64(out long value)
    {
        value = Negative ? -(long)Mantissa : (long)Mantissa;
        return IsInteger && IsExact && Mantissa <= long.MaxValue;
    }

    private bool TryReadLong(ref byte bytes, int position, int end)
    {
        Mantissa = 0;
        var start = position;
        position = TakeDigits(ref bytes, position, end, 0);
        if (position == start || (position - start > 1 && Unsafe.Add(ref bytes, start) == '0'))
        {
            return false;
        }

        if (position < end && Unsafe.Add(ref bytes, position) == '.')
        {
            IsInteger = false;
            var fraction = position + 1;
            position = TakeDigits(ref bytes, fraction, end, 1);
            if (position == fraction)
            {
                return false;
            }
        }

        End = position;
        return position >= end || (Unsafe.Add(ref bytes, position) | 0x20) != 'e' || TryReadExponent(ref bytes, position + 1, end);
    }

    private int TakeDigits(ref byte bytes, int position, int end, int fraction)
    {
        const ulong MoreFit = 999_999_999_999_999_999;
        for (; position < end; position++)
        {
            var digit = (uint)(Unsafe.Add(ref bytes, position) - '0');
            if (digit > 9)
            {
                break;
            }

            if (Mantissa <= MoreFit)
            {
                Mantissa = (Mantissa * 10) + digit;
                Exponent -= fraction;
            }
            else
            {
                IsExact &= digit == 0;
                Exponent += 1 - fraction;
            }
        }

        // A whole number that lost zeros only is exact but larger than its mantissa.
        IsExact &= Exponent <= 0;
        return position;
    }

    private bool TryReadExponent(ref byte bytes, int position, int end)
    {
        const int Clamp = 1_000_000_000;
        IsInteger = false;
        var negative = position < end && Unsafe.Add(ref bytes, position) == '-';
        if (position < end && Unsafe.Add(ref bytes, position) is (byte)'-' or (byte)'+')
        {
            position++;
        }

        var start = position;
        long value = 0;
        for (; position < end && (uint)(Unsafe.Add(ref bytes, position) - '0') <= 9; position++)
        {
            value = Math.Min(Clamp, (value * 10) + (Unsafe.Add(ref bytes, position) - '0'));
        }

        Exponent = (int)Math.Clamp(Exponent + (negative ? -value : value), -Clamp, Clamp);
        End = position;
        return position > start;
    }
}
