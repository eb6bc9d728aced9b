namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// e^-x in fixed point, by integer operations alone, with a bound on its error. It decides most comparisons with a
/// uniform number; where the error could matter, <see cref="ExpBounds"/> decides.
/// </summary>
/// <remarks>
/// x = i + a/2^8 + b/2^16 + r with r below 2^-16: three table entries, each rounded down from <see cref="ExpBounds"/>, and
/// 1 - r + r^2/2 - r^3/6 are multiplied. The series leaves out less than a unit, each factor is short of its value by less
/// than 4 units, and each of three products is cut by less than one: in all less than 16.
/// </remarks>
internal static class FixedExp
{
    /// <summary>Binary places of the argument.</summary>
    internal const int PointBits = 54;

    /// <summary>The result lies this many units of 2^-64 from e^-x, at most.</summary>
    internal const ulong Error = 16;

    // e^-45 is half a unit, so the result 0 is right from there on.
    private const int Wholes = 45;

    private static readonly ulong[] Whole = Table(Wholes, 1);
    private static readonly ulong[] First = Table(256, 1 << 8);
    private static readonly ulong[] Second = Table(256, 1 << 16);

    /// <summary>2^64 e^-x, less than <see cref="Error"/> units off.</summary>
    /// <param name="x">The argument in units of 2^-54.</param>
    /// <returns>The value, at most 2^64 - 1.</returns>
    internal static ulong Of(ulong x)
    {
        ulong whole = x >> PointBits;
        if (whole >= Wholes)
        {
            return 0;
        }

        ulong r = (x & ((1UL << (PointBits - 16)) - 1)) << (64 - PointBits);
        ulong square = High(r, r);
        ulong rest = ulong.MaxValue - r + (square >> 1) - (High(square, r) / 6);
        ulong fraction = High(First[(byte)(x >> (PointBits - 8))], Second[(byte)(x >> (PointBits - 16))]);
        return High(Whole[whole], High(fraction, rest));
    }

    private static ulong High(ulong a, ulong b) => Math.BigMul(a, b, out _);

    private static ulong[] Table(int count, int denominator)
    {
        var table = new ulong[count];
        table[0] = ulong.MaxValue;
        for (int i = 1; i < count; i++)
        {
            table[i] = (ulong)ExpBounds.Negative(i, denominator, 64).Low;
        }

        return table;
    }
}
