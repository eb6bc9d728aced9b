namespace AkkaPrivacy.Operators.Parse;

/// <summary>Reads instants that are written as numbers: milliseconds since the Unix epoch when the magnitude is above
/// 10^11 (from March 1973 on), seconds otherwise (up to the year 5138). Fractions of a millisecond are cut off.</summary>
internal static class UnixTime
{
    private const ulong SmallestMilliseconds = 100_000_000_001;

    /// <summary>Turns a number into an instant.</summary>
    /// <param name="number">The number.</param>
    /// <param name="milliseconds">Milliseconds since the Unix epoch.</param>
    /// <returns>False when it lies far outside any calendar, or has more than 19 significant digits.</returns>
    public static bool TryRead(in NumberText number, out long milliseconds)
    {
        milliseconds = 0;
        if (!number.IsExact || number.Exponent is < -19 or > 15 || !TryGetWhole(number, 0, out var whole, out var more))
        {
            return number.Mantissa == 0;
        }

        var isMilliseconds = whole >= SmallestMilliseconds || (whole == SmallestMilliseconds - 1 && more);
        if (!isMilliseconds)
        {
            TryGetWhole(number, 3, out whole, out more);
        }

        if (whole > long.MaxValue)
        {
            return false;
        }

        milliseconds = number.Negative ? -(long)whole - (more ? 1 : 0) : (long)whole;
        return true;
    }

    private static bool TryGetWhole(in NumberText number, int shift, out ulong whole, out bool more)
    {
        var power = number.Exponent + shift;
        more = false;
        if (power >= 0)
        {
            return Math.BigMul(number.Mantissa, Digits.PowersOfTen[power], out whole) == 0;
        }

        (whole, var rest) = Math.DivRem(number.Mantissa, Digits.PowersOfTen[-power]);
        more = rest != 0;
        return true;
    }
}
