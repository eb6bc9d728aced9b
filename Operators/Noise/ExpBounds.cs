using System.Numerics;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// Rigorous bounds on the exponential of a rational number, in binary fixed point of any precision.
/// </summary>
/// <remarks>
/// Interval arithmetic on integers: every lower end is rounded down and every upper end up, so the true value always
/// lies between the two; a higher precision narrows them. The argument is halved until it is below 2^-16, summed as a
/// Taylor series, and squared back.
/// </remarks>
internal static class ExpBounds
{
    // Squaring back loses one bit per halving (17 plus the bits of the argument); 64 bits cover arguments up to 2^40.
    private const int GuardBits = 64;
    private const int ReducedBits = 16;

    /// <summary>Bounds on 2^bits * e^(-numerator/denominator).</summary>
    /// <param name="numerator">0 or more.</param>
    /// <param name="denominator">1 or more.</param>
    /// <param name="bits">Binary places of the result, 1 or more.</param>
    /// <returns>Integers below and above, or equal to, the true value.</returns>
    internal static (BigInteger Low, BigInteger High) Negative(BigInteger numerator, BigInteger denominator, int bits)
    {
        // Since e > 2, an exponent of `bits` or more leaves less than one unit.
        if (numerator >= denominator * bits)
        {
            return (BigInteger.Zero, BigInteger.One);
        }

        int width = bits + GuardBits;
        (BigInteger low, BigInteger high) = Wide(numerator, denominator, width);
        BigInteger square = BigInteger.One << (2 * width);
        return ((square / high) >> GuardBits, (((square / low) + 1) >> GuardBits) + 1);
    }

    /// <summary>Bounds on 2^bits * e^(numerator/denominator).</summary>
    /// <param name="numerator">0 or more.</param>
    /// <param name="denominator">1 or more.</param>
    /// <param name="bits">Binary places of the result, 1 or more.</param>
    /// <returns>Integers below and above, or equal to, the true value.</returns>
    internal static (BigInteger Low, BigInteger High) Positive(BigInteger numerator, BigInteger denominator, int bits)
    {
        (BigInteger low, BigInteger high) = Wide(numerator, denominator, bits + GuardBits);
        return (low >> GuardBits, (high >> GuardBits) + 1);
    }

    private static (BigInteger Low, BigInteger High) Wide(BigInteger numerator, BigInteger denominator, int width)
    {
        long magnitude = numerator.GetBitLength() - denominator.GetBitLength() + 1;
        int halvings = (int)Math.Max(0, magnitude + ReducedBits);
        BigInteger argument = (numerator << width) / (denominator << halvings);
        (BigInteger low, BigInteger high) = Series(argument, argument + 1, width);
        for (int i = 0; i < halvings; i++)
        {
            low = (low * low) >> width;
            high = ((high * high) >> width) + 1;
        }

        return (low, high);
    }

    private static (BigInteger Low, BigInteger High) Series(BigInteger argumentLow, BigInteger argumentHigh, int width)
    {
        BigInteger termLow = BigInteger.One << width;
        BigInteger termHigh = termLow;
        BigInteger low = termLow;
        BigInteger high = termHigh;
        for (int n = 1; !termLow.IsZero; n++)
        {
            termLow = ((termLow * argumentLow) >> width) / n;
            termHigh = ((((termHigh * argumentHigh) >> width) + 1) / n) + 1;
            low += termLow;
            high += termHigh;
        }

        // With an argument below 1/2 all omitted terms together are less than the last one.
        return (low, high + termHigh);
    }
}
