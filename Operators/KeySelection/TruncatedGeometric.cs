using System.Numerics;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Operators.Noise;

namespace AkkaPrivacy.Operators.KeySelection;

/// <summary>
/// Decides which keys of an unknown key set may be published, from the number of distinct subjects at each: the
/// selection that keeps most keys among all that are (epsilon, delta)-differentially private.
/// </summary>
/// <remarks>
/// <para>A key of n subjects is kept with probability p_n: p_0 = 0 and p_n = min(e^e' p_(n-1) + d',
/// 1 - e^-e' (1 - p_(n-1) - d'), 1), where e' = epsilon / maxGroups and d' = delta / maxGroups. The proof is in the
/// folder's README.</para>
/// <para>Source: Desfontaines, Voss, Gipson, Mandayam, "Differentially private partition selection" (2022).</para>
/// <para>Instances are immutable and may be shared between threads; the reader of bits may not.</para>
/// </remarks>
public sealed class TruncatedGeometric
{
    /// <summary>The largest number of subjects at which a key may still be dropped; 16 bytes are held for each.</summary>
    public const int MaxEntries = 1 << 20;

    // p_n in units of 2^-128 for n = 0, 1, ... while it is below 1.
    private readonly UInt128[] _keep;

    /// <summary>Computes the probabilities for one cost.</summary>
    /// <param name="nanoEpsilon">Epsilon of the whole selection in nano-epsilon, from 1 to 10^15.</param>
    /// <param name="attoDelta">Delta of the whole selection in units of 10^-18, from 1 to 10^18.</param>
    /// <param name="maxGroups">In how many keys a subject may be (L0), 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or epsilon and delta per key are so
    /// small that a key would need more than <see cref="MaxEntries"/> subjects to be kept with certainty.</exception>
    public TruncatedGeometric(long nanoEpsilon, long attoDelta, int maxGroups) => _keep = Table(
        RequireRange(nanoEpsilon, DiscreteLaplace.MaxNanoEpsilon, nameof(nanoEpsilon)),
        (BigInteger)PrivacyCost.UnitsPerEpsilon * RequireRange(maxGroups, int.MaxValue, nameof(maxGroups)),
        RequireRange(attoDelta, PrivacyCost.UnitsPerDelta, nameof(attoDelta)),
        (BigInteger)PrivacyCost.UnitsPerDelta * maxGroups);

    /// <summary>Computes the probabilities for given losses per key, each taken as the exact binary fraction it is.</summary>
    /// <param name="epsilonPerGroup">e', at least 2^-100.</param>
    /// <param name="deltaPerGroup">d', at least 2^-100 and at most 1.</param>
    internal TruncatedGeometric(double epsilonPerGroup, double deltaPerGroup) => _keep = Table(
        new BigInteger(Math.ScaleB(epsilonPerGroup, 200)),
        BigInteger.One << 200,
        new BigInteger(Math.ScaleB(deltaPerGroup, 200)),
        BigInteger.One << 200);

    /// <summary>From how many subjects on a key is kept with certainty.</summary>
    public long CertainFrom => _keep.Length;

    /// <summary>Decides about one key.</summary>
    /// <param name="subjects">How many distinct subjects the key has, after bounding; below 1 it is never kept.</param>
    /// <param name="bits">Where the bits come from; a cryptographic source for anything that is released.</param>
    /// <returns>Whether the key may be published. The probability is exactly the table's.</returns>
    public bool Keep(long subjects, RandomBits bits)
    {
        if (subjects <= 0)
        {
            return false;
        }

        if (subjects >= _keep.Length)
        {
            return true;
        }

        UInt128 keep = _keep[subjects];
        ulong high = (ulong)(keep >> 64);
        ulong word = bits.NextWord();
        return word != high ? word < high : bits.NextWord() < (ulong)keep;
    }

    /// <summary>The probability of keeping a key, rounded to a double.</summary>
    /// <param name="subjects">How many distinct subjects the key has.</param>
    /// <returns>From 0 to 1.</returns>
    public double Probability(long subjects) => subjects switch
    {
        <= 0 => 0,
        _ when subjects >= _keep.Length => 1,
        _ => Math.ScaleB((double)_keep[subjects], -128),
    };

    /// <summary>How many subjects a key needs to be kept with a given probability.</summary>
    /// <param name="probability">Above 0 and at most 1.</param>
    /// <returns>The smallest n with <see cref="Probability"/>(n) &gt;= <paramref name="probability"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range or not a number.</exception>
    public long SubjectsFor(double probability)
    {
        if (!(probability > 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "probability must be above 0 and at most 1");
        }

        long low = 1;
        long high = _keep.Length;
        while (low < high)
        {
            long middle = (low + high) / 2;
            (low, high) = Probability(middle) >= probability ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static UInt128[] Table(
        BigInteger epsilonNumerator, BigInteger epsilonDenominator, BigInteger deltaNumerator, BigInteger deltaDenominator)
    {
        double epsilon = (double)epsilonNumerator / (double)epsilonDenominator;
        double delta = (double)deltaNumerator / (double)deltaDenominator;
        double entries = KeepTable.EstimateEntries(epsilon, delta);
        return entries <= MaxEntries
            ? KeepTable.Compute(epsilonNumerator, epsilonDenominator, deltaNumerator, deltaDenominator)
            : throw new ArgumentOutOfRangeException(
                "nanoEpsilon",
                $"epsilon {epsilon:R} and delta {delta:R} per key keep a key with certainty from about {entries:0} subjects on, "
                + $"and at most {MaxEntries} are possible: raise epsilon or delta, or allow a subject fewer keys");
    }

    private static long RequireRange(long value, long max, string name) => value >= 1 && value <= max
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 1 to {max}");
}
