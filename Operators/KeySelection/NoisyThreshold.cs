using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Operators.Noise;

namespace AkkaPrivacy.Operators.KeySelection;

/// <summary>
/// Decides which keys of an unknown key set may be published by comparing each noised number of distinct subjects with a
/// threshold. The proof is in the folder's README.
/// </summary>
/// <remarks>
/// <para>The threshold is the smallest integer T at which a key with one subject is kept with probability at most
/// delta / maxGroups, by the tail of the discrete distribution that is drawn.</para>
/// <para>Source: Korolova, Kenthapadi, Mishra, Ntoulas 2009; Desfontaines, Voss, Gipson, Mandayam 2022, section 4.</para>
/// <para>Instances are immutable and may be shared between threads; the reader of bits may not.</para>
/// </remarks>
public sealed class NoisyThreshold
{
    // What counts as certain: thresholds keep no key with probability 1.
    private const double Certain = 1e-12;

    // Logarithms of tails are off by less than this.
    private const double Slack = 1e-9;

    private readonly Func<RandomBits, long> _sample;
    private readonly Func<long, double> _logTail;

    private NoisyThreshold(Func<RandomBits, long> sample, Func<long, double> logTail, double logDelta)
    {
        _sample = sample;
        _logTail = logTail;
        Threshold = Smallest(k => logTail(k) <= logDelta - Slack) + 1;
    }

    /// <summary>T: a key is kept when its noised number of subjects is at least this.</summary>
    public long Threshold { get; }

    /// <summary>Thresholding with discrete Laplace noise of scale maxGroups / epsilon.</summary>
    /// <param name="nanoEpsilon">Epsilon of the whole selection in nano-epsilon, from 1 to 10^15.</param>
    /// <param name="attoDelta">Delta of the whole selection in units of 10^-18, from 1 to 10^16.</param>
    /// <param name="maxGroups">In how many keys a subject may be (L0), 1 or more.</param>
    /// <returns>The selection: (epsilon, delta)-private.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static NoisyThreshold Laplace(long nanoEpsilon, long attoDelta, int maxGroups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxGroups, 1);
        var noise = new DiscreteLaplace(maxGroups, nanoEpsilon);
        double scale = noise.Scale;

        // P(X >= k) = q^k / (1 + q) for k >= 1 and q = e^(-1/scale).
        double norm = DiscreteLaplace.LogOnePlus(Math.Exp(-1 / scale));
        return new NoisyThreshold(noise.Sample, k => k >= 1 ? (-k / scale) - norm : 0, LogDelta(attoDelta, maxGroups));
    }

    /// <summary>Thresholding with discrete Gaussian noise of sigma^2 = maxGroups / (2 rho).</summary>
    /// <param name="nanoRho">rho of the whole selection in nano-rho, from 1 to 10^15.</param>
    /// <param name="attoDelta">Delta of the whole selection in units of 10^-18, from 1 to 10^16.</param>
    /// <param name="maxGroups">In how many keys a subject may be (L0), 1 or more.</param>
    /// <returns>The selection: delta-approximately rho-zero-concentrated.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static NoisyThreshold Gaussian(long nanoRho, long attoDelta, int maxGroups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxGroups, 1);
        var noise = new DiscreteGaussian((UInt128)maxGroups, nanoRho);

        // The normal tail beyond k - 1/2 bounds the sum from k on where the density is convex, so from sigma on.
        double sigma = noise.Sigma;
        return new NoisyThreshold(noise.Sample, k => k - 0.5 >= sigma ? NormalTail.LogUpper((k - 0.5) / sigma) : 0, LogDelta(attoDelta, maxGroups));
    }

    /// <summary>Decides about one key.</summary>
    /// <param name="subjects">How many distinct subjects the key has, after bounding; below 1 it is never kept.</param>
    /// <param name="bits">Where the bits come from; a cryptographic source for anything that is released.</param>
    /// <returns>Whether the key may be published.</returns>
    public bool Keep(long subjects, RandomBits bits) => subjects > 0 && subjects >= Threshold - _sample(bits);

    /// <summary>The probability of keeping a key, at most: the bound that the threshold was chosen by.</summary>
    /// <param name="subjects">How many distinct subjects the key has; below the threshold.</param>
    /// <returns>From 0 to 1.</returns>
    public double ProbabilityBelow(long subjects) => subjects <= 0 ? 0 : Math.Exp(_logTail(Threshold - subjects));

    /// <summary>How many subjects a key needs to be kept with a given probability.</summary>
    /// <param name="probability">Above 0 and at most 1; what exceeds 1 - 1e-12 is taken as that.</param>
    /// <returns>The number of subjects.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range or not a number.</exception>
    public long SubjectsFor(double probability)
    {
        if (!(probability > 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "probability must be above 0 and at most 1");
        }

        // At T subjects noise of 0 or more keeps the key; the noise is symmetric.
        if (probability <= 0.5)
        {
            return Threshold;
        }

        double outside = Math.Log(Math.Max(Certain, 1 - probability));
        return Threshold + Smallest(k => _logTail(k) <= outside) - 1;
    }

    private static double LogDelta(long attoDelta, int maxGroups) => attoDelta is >= 1 and <= PrivacyCost.UnitsPerDelta / 100
        ? Math.Log((double)attoDelta / PrivacyCost.UnitsPerDelta / maxGroups)
        : throw new ArgumentOutOfRangeException(nameof(attoDelta), attoDelta, "delta must be from 1e-18 to 0.01");

    private static long Smallest(Func<long, bool> holds)
    {
        long high = 1;
        while (!holds(high))
        {
            high = checked(high * 2);
        }

        long low = high / 2;
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = holds(middle) ? (low, middle) : (middle, high);
        }

        return high;
    }
}
