using System.Numerics;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// Draws a geometric variable, P(k) = (1 - r) r^k for k = 0, 1, ... with r = e^(-numerator/denominator), exactly, by
/// inverting its distribution function on a lazily extended uniform number.
/// </summary>
/// <remarks>
/// The table holds the first 64 bits of c_k = 1 - r^k for k = 1..K, rounded down with an error below one unit. The
/// first 64 bits of the uniform number decide every comparison except with the two words at a threshold; there more
/// bits are drawn and the threshold is computed to the same length until the two differ. A number past c_K counts K
/// and starts again, since a geometric variable has no memory. The result is therefore exact, whatever the precision
/// of the table.
/// </remarks>
internal sealed class GeometricTable
{
    private const int MaxEntries = 512;
    private const int TableBits = 192;
    private const int GuideBits = 8;

    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator;
    private readonly ulong[] _thresholds;
    private readonly ushort[] _guide;

    /// <summary>Computes the table.</summary>
    /// <param name="numerator">Numerator of the exponent, 1 or more.</param>
    /// <param name="denominator">Denominator of the exponent, 1 or more; at most 32 numerators for speed.</param>
    internal GeometricTable(UInt128 numerator, UInt128 denominator)
    {
        _numerator = numerator;
        _denominator = denominator;
        _thresholds = Thresholds();
        _guide = Guide(_thresholds);
    }

    /// <summary>The first words of c_1, c_2, ..., in ascending order.</summary>
    internal ReadOnlySpan<ulong> FirstWords => _thresholds;

    /// <summary>Draws once.</summary>
    /// <param name="bits">Where the bits come from.</param>
    /// <returns>A geometric variable.</returns>
    internal long Sample(RandomBits bits)
    {
        int count = SampleOnce(bits);
        if (count < _thresholds.Length)
        {
            return count;
        }

        long sum = 0;
        while (count == _thresholds.Length)
        {
            sum = checked(sum + count);
            count = SampleOnce(bits);
        }

        return checked(sum + count);
    }

    /// <summary>Counts the thresholds from <paramref name="index"/> on that the uniform number reaches.</summary>
    /// <param name="word">The first 64 bits of the uniform number.</param>
    /// <param name="index">The number is known to reach this many thresholds.</param>
    /// <param name="bits">Where further bits come from.</param>
    /// <returns>How many thresholds are at most the number.</returns>
    internal int Resolve(ulong word, int index, RandomBits bits)
    {
        BigInteger value = word;
        int words = 1;
        while (index < _thresholds.Length)
        {
            (BigInteger low, BigInteger high) = Threshold(index + 1, 64 * words);
            if (value < low)
            {
                return index;
            }

            if (value >= high)
            {
                index++;
            }
            else
            {
                value = (value << 64) | bits.NextWord();
                words++;
            }
        }

        return index;
    }

    /// <summary>Bounds on 2^precision * c_k.</summary>
    /// <param name="k">The threshold, 1 or more.</param>
    /// <param name="precision">Binary places.</param>
    /// <returns>Integers below and above, or equal to, the true value.</returns>
    internal (BigInteger Low, BigInteger High) Threshold(int k, int precision)
    {
        (BigInteger low, BigInteger high) = ExpBounds.Negative(_numerator * k, _denominator, precision);
        BigInteger one = BigInteger.One << precision;
        return (BigInteger.Max(BigInteger.Zero, one - high), one - low);
    }

    private int SampleOnce(RandomBits bits)
    {
        ulong[] thresholds = _thresholds;
        ulong word = bits.NextWord();
        int index = _guide[word >> (64 - GuideBits)];
        while (index < thresholds.Length && word >= thresholds[index])
        {
            if (word - thresholds[index] <= 1)
            {
                return Resolve(word, index, bits);
            }

            index++;
        }

        return index;
    }

    private ulong[] Thresholds()
    {
        BigInteger one = BigInteger.One << TableBits;
        (_, BigInteger ratio) = ExpBounds.Negative(_numerator, _denominator, TableBits);
        var thresholds = new List<ulong>(MaxEntries);
        BigInteger power = BigInteger.Min(ratio, one);
        while (thresholds.Count < MaxEntries)
        {
            // Rounding powers up keeps thresholds low; 512 products of 192 bits stay far below 2^-64 off.
            ulong first = power == one ? 0 : (ulong)((one - power) >> (TableBits - 64));
            thresholds.Add(first);
            if (first == ulong.MaxValue)
            {
                break;
            }

            power = ((power * ratio) >> TableBits) + 1;
        }

        return [.. thresholds];
    }

    // The entry of a bucket is how many thresholds every number in the bucket reaches beyond doubt.
    private static ushort[] Guide(ulong[] thresholds)
    {
        var guide = new ushort[1 << GuideBits];
        ushort count = 0;
        for (int bucket = 0; bucket < guide.Length; bucket++)
        {
            ulong start = (ulong)bucket << (64 - GuideBits);
            while (count < thresholds.Length && start > thresholds[count] && start - thresholds[count] > 1)
            {
                count++;
            }

            guide[bucket] = count;
        }

        return guide;
    }
}
