using System.Numerics;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Turns decimal numbers into whole multiples of a resolution, exactly, with ties to even.</summary>
internal sealed class DecimalScale
{
    private const int ExactDigits = 80;
    private readonly BigInteger _unit;
    private readonly int _scale;
    private readonly ulong _smallUnit;

    /// <summary>A scale.</summary>
    /// <param name="resolution">Value of one unit, above 0.</param>
    public DecimalScale(decimal resolution)
    {
        // A decimal is a 96-bit integer over a power of ten; trailing zeros only make that power larger than needed.
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(resolution / 1.000000000000000000000000000000m, bits);
        _scale = bits[3] >> 16 & 0xFF;
        _unit = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        _smallUnit = _unit <= ulong.MaxValue ? (ulong)_unit : 0;
    }

    /// <summary>The number in units.</summary>
    /// <param name="number">The number.</param>
    /// <param name="text">The number as written, for more digits than its mantissa holds.</param>
    /// <param name="units">The multiple.</param>
    /// <returns>False when the result lies outside -(2^63)+1 to 2^63-1.</returns>
    public bool TryScale(in NumberText number, ReadOnlySpan<byte> text, out long units)
    {
        var power = number.Exponent + _scale;
        if (number.IsExact && _smallUnit != 0 && power is > -19 and < 19
            && TryScaleSmall(number.Mantissa, power, out var magnitude))
        {
            units = number.Negative ? -(long)magnitude : (long)magnitude;
            return magnitude <= long.MaxValue;
        }

        return TryScaleLarge(number.Negative, text, out units);
    }

    private bool TryScaleSmall(ulong mantissa, int power, out ulong magnitude)
    {
        magnitude = 0;
        var factor = Digits.PowersOfTen[Math.Abs(power)];
        var high = power >= 0 ? Math.BigMul(mantissa, factor, out var dividend) : 0;
        var highDivisor = power < 0 ? Math.BigMul(_smallUnit, factor, out var divisor) : 0;
        if ((high | highDivisor) != 0)
        {
            return false;
        }

        dividend = power >= 0 ? mantissa * factor : mantissa;
        divisor = power < 0 ? _smallUnit * factor : _smallUnit;
        if (divisor == 1)
        {
            magnitude = dividend;
            return true;
        }

        (magnitude, var rest) = Math.DivRem(dividend, divisor);
        var other = divisor - rest;
        magnitude += rest > other || (rest == other && (magnitude & 1) != 0) ? 1UL : 0;
        return true;
    }

    // A tie has at most 19 digits of units, one for the half and 29 of the unit; digits beyond ExactDigits can therefore
    // only say on which side of it the number lies.
    private bool TryScaleLarge(bool negative, ReadOnlySpan<byte> text, out long units)
    {
        units = 0;
        var (mantissa, exponent, digits, more) = ReadDigits(text);
        var power = exponent + _scale;
        if (mantissa.IsZero || digits + power < -1)
        {
            return true;
        }

        if (digits + power > 64)
        {
            return false;
        }

        var dividend = power > 0 ? mantissa * BigInteger.Pow(10, (int)power) : mantissa;
        var divisor = power < 0 ? _unit * BigInteger.Pow(10, (int)-power) : _unit;
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        var side = (rest * 2).CompareTo(divisor);
        if (side > 0 || (side == 0 && (more || !quotient.IsEven)))
        {
            quotient++;
        }

        if (quotient > long.MaxValue)
        {
            return false;
        }

        units = negative ? -(long)quotient : (long)quotient;
        return true;
    }

    private static (BigInteger Mantissa, long Exponent, int Digits, bool More) ReadDigits(ReadOnlySpan<byte> text)
    {
        var mantissa = BigInteger.Zero;
        var (exponent, digits, more, fraction) = (0L, 0, false, 0);
        var i = 0;
        for (; i < text.Length && (text[i] | 0x20) != 'e'; i++)
        {
            if (text[i] == '.')
            {
                fraction = 1;
            }
            else if (text[i] != '-' && digits < ExactDigits)
            {
                mantissa = (mantissa * 10) + (text[i] - '0');
                digits += mantissa.IsZero ? 0 : 1;
                exponent -= fraction;
            }
            else if (text[i] != '-')
            {
                more |= text[i] != '0';
                exponent += 1 - fraction;
            }
        }

        return (mantissa, exponent + ReadExponent(text[i..]), digits, more);
    }

    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        long exponent = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] is >= (byte)'0' and <= (byte)'9')
            {
                exponent = Math.Min(1_000_000_000, (exponent * 10) + (text[i] - '0'));
            }
        }

        return text.Length > 1 && text[1] == '-' ? -exponent : exponent;
    }
}
