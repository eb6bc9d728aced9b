namespace AkkaPrivacy.Operators.Noise.TopKeys;

/// <summary>
/// Chooses one of some values with probabilities that depend on how far each lies below the largest, from integers alone. The proof is in the
/// folder's README.
/// </summary>
/// <param name="numerator">A value that lies g below the largest has the odds e^(-g * numerator / denominator); 1 to 10^15.</param>
/// <param name="denominator">From 1 to 2^80.</param>
/// <param name="flips">Whether a value that was passed over is not asked again (permute-and-flip), or may be (the exponential mechanism).</param>
internal sealed class ExactChoice(ulong numerator, UInt128 denominator, bool flips)
{
    /// <summary>Chooses several values one after the other, each among those that are left.</summary>
    public void Choose(ReadOnlySpan<long> values, Span<int> chosen, RandomBits bits)
    {
        var left = new int[values.Length];
        for (var i = 0; i < left.Length; i++)
        {
            left[i] = i;
        }

        for (var place = 0; place < chosen.Length; place++)
        {
            var remaining = left.AsSpan(0, left.Length - place);
            var at = One(values, remaining, bits);
            chosen[place] = remaining[at];
            remaining[at] = remaining[^1];
        }
    }

    private int One(ReadOnlySpan<long> values, Span<int> left, RandomBits bits)
    {
        var largest = long.MinValue;
        foreach (var i in left)
        {
            largest = Math.Max(largest, values[i]);
        }

        // Those at the end were asked and passed over. The largest value is never passed over, so there is always one to ask.
        var asked = 0;
        while (true)
        {
            var at = (int)bits.Below((ulong)(left.Length - asked));
            if (IsTaken((UInt128)((Int128)largest - values[left[at]]), bits))
            {
                return at;
            }

            if (flips)
            {
                asked++;
                (left[at], left[^asked]) = (left[^asked], left[at]);
            }
        }
    }

    /// <summary>True with probability e^(-gap * numerator / denominator): e^-1 as often as the exponent is whole, then the rest.</summary>
    internal bool IsTaken(UInt128 gap, RandomBits bits)
    {
        var (whole, rest) = UInt128.DivRem(gap * numerator, denominator);
        for (; whole > 0; whole--)
        {
            if (!IsKept(1, 1, bits))
            {
                return false;
            }
        }

        return rest == 0 || IsKept(rest, denominator, bits);
    }

    // True with probability e^-(n/d), n at most d: the first failure of trials of n / (d k), k = 1, 2, ..., is the one of an odd k
    // (Canonne, Kamath, Steinke 2020, algorithm 1).
    private static bool IsKept(UInt128 n, UInt128 d, RandomBits bits)
    {
        var k = 1ul;
        while ((n == d || bits.Below(d) < n) && (k == 1 || bits.Below(k) == 0))
        {
            k++;
        }

        return (k & 1) != 0;
    }
}
