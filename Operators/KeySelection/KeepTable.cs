using System.Numerics;
using AkkaPrivacy.Operators.Noise;

namespace AkkaPrivacy.Operators.KeySelection;

/// <summary>Computes keep-probabilities in units of 2^-128, never above what the privacy guarantee allows.</summary>
/// <remarks>
/// Each step starts from the rounded previous value and rounds down: e^e' and d' are rounded down, e^-e' up, products
/// towards a smaller probability. So the rounded sequence itself satisfies both inequalities of the guarantee, and
/// since both bounds grow with the previous value it never exceeds the optimum of exact arithmetic.
/// </remarks>
internal static class KeepTable
{
    private const int Bits = 128;

    // e^-e' is below one unit from 89 on; a smaller e' than stated is only more private and keeps e^e' short.
    private const int MaxExponent = 128;

    /// <summary>About how many subjects make a key certain: twice the steps to the middle of the sequence.</summary>
    /// <param name="epsilon">e', above 0.</param>
    /// <param name="delta">d', above 0.</param>
    /// <returns>The number of entries below 1, within a few.</returns>
    internal static double EstimateEntries(double epsilon, double delta)
    {
        // The two bounds cross at p = (1 - d') / (e^e' + 1), and p_n = d' (e^(n e') - 1) / (e^e' - 1) before.
        double growth = Math.Tanh(epsilon / 2) * (1 - delta) / delta;
        return 2 * DiscreteLaplace.LogOnePlus(growth) / epsilon;
    }

    /// <summary>Computes p_0, p_1, ... while below 1.</summary>
    /// <param name="epsilonNumerator">Numerator of e', 1 or more.</param>
    /// <param name="epsilonDenominator">Denominator of e', 1 or more.</param>
    /// <param name="deltaNumerator">Numerator of d', 1 or more.</param>
    /// <param name="deltaDenominator">Denominator of d', 1 or more, at most 2^100 times the numerator.</param>
    /// <returns>The probabilities, strictly ascending from 0.</returns>
    internal static UInt128[] Compute(
        BigInteger epsilonNumerator, BigInteger epsilonDenominator, BigInteger deltaNumerator, BigInteger deltaDenominator)
    {
        if (epsilonNumerator > epsilonDenominator * MaxExponent)
        {
            (epsilonNumerator, epsilonDenominator) = (MaxExponent, 1);
        }

        BigInteger one = BigInteger.One << Bits;
        BigInteger growth = ExpBounds.Positive(epsilonNumerator, epsilonDenominator, Bits).Low;
        BigInteger decay = ExpBounds.Negative(epsilonNumerator, epsilonDenominator, Bits).High;
        BigInteger delta = (deltaNumerator << Bits) / deltaDenominator;
        var keep = new List<UInt128>();
        for (BigInteger p = 0; p < one; p = Next(p, growth, decay, delta, one))
        {
            keep.Add((UInt128)p);
        }

        return [.. keep];
    }

    private static BigInteger Next(BigInteger p, BigInteger growth, BigInteger decay, BigInteger delta, BigInteger one)
    {
        BigInteger rest = one - p - delta;
        if (rest.Sign <= 0)
        {
            return one;
        }

        BigInteger byGrowth = ((growth * p) >> Bits) + delta;
        BigInteger byDecay = one - CeilingShift(decay * rest);
        return BigInteger.Min(byGrowth, byDecay);
    }

    private static BigInteger CeilingShift(BigInteger value) => -(-value >> Bits);
}
