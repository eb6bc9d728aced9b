using System.Numerics;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// The discrete Laplace distribution, P(x) proportional to e^(-|x| epsilon / sensitivity) on the integers, sampled
/// exactly. Adding it to an integer whose sensitivity is the stated one is epsilon-differentially private.
/// </summary>
/// <remarks>
/// <para>The scale is the rational number t/s = sensitivity * 10^9 / nanoEpsilon, so the loss is the ledger's integer
/// cost and not a rounding of it. Floating point takes no part in sampling. The proof is in the folder's README.</para>
/// <para>Source: Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy" (2020), section 5.</para>
/// <para>Instances are immutable and may be shared between threads; the reader of bits may not.</para>
/// </remarks>
public sealed partial class DiscreteLaplace : IDiscreteNoise
{
    /// <summary>The largest sensitivity.</summary>
    public const long MaxSensitivity = 1L << 40;

    /// <summary>The largest loss, an epsilon of one million.</summary>
    public const long MaxNanoEpsilon = 1_000_000_000_000_000;

    /// <summary>The largest scale, sensitivity / epsilon; a value beyond 2^62 then has probability below e^-1024.</summary>
    public const long MaxScale = 1L << 52;

    // Geometric variables of a scale below 32 come from the table; the rest of the scale is a power of two.
    private const int TableScale = 32;

    private readonly ulong _s;
    private readonly UInt128 _t;
    private readonly int _shift;
    private readonly GeometricTable _high;

    /// <summary>Prepares the distribution of noise for one cost.</summary>
    /// <param name="sensitivity">By how much one subject can change the value (L1), from 1 to
    /// <see cref="MaxSensitivity"/>.</param>
    /// <param name="nanoEpsilon">The loss in nano-epsilon, from 1 to <see cref="MaxNanoEpsilon"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or the scale exceeds
    /// <see cref="MaxScale"/>.</exception>
    public DiscreteLaplace(long sensitivity, long nanoEpsilon)
        : this(Numerator(sensitivity, nanoEpsilon), (ulong)nanoEpsilon)
    {
        Sensitivity = sensitivity;
        NanoEpsilon = nanoEpsilon;
    }

    private DiscreteLaplace(UInt128 numerator, ulong denominator)
    {
        ulong divisor = (ulong)BigInteger.GreatestCommonDivisor(numerator, denominator);
        _t = numerator / divisor;
        _s = denominator / divisor;
        while (_t >= (UInt128)_s * TableScale << _shift)
        {
            _shift++;
        }

        _high = new GeometricTable((UInt128)_s << _shift, _t);
        Scale = (double)_t / _s;
        _tanh = Math.Tanh(0.5 / Scale);
    }

    /// <summary>By how much one subject can change the value.</summary>
    public long Sensitivity { get; }

    /// <summary>The loss in nano-epsilon.</summary>
    public long NanoEpsilon { get; }

    /// <summary>The scale sensitivity / epsilon, in units of the value, rounded to a double.</summary>
    public double Scale { get; }

    /// <summary>The distribution of a whole scale, as a proposal for another distribution; it stands for no cost.</summary>
    /// <param name="scale">From 1 to <see cref="MaxScale"/>.</param>
    /// <returns>The distribution.</returns>
    internal static DiscreteLaplace OfScale(long scale) => new((UInt128)scale, 1);

    /// <summary>Draws once.</summary>
    /// <param name="bits">Where the bits come from; a cryptographic source for anything that is released.</param>
    /// <returns>The noise, in units of the value.</returns>
    /// <exception cref="OverflowException">The noise exceeds 64 bits; less likely than e^-2000.</exception>
    public long Sample(RandomBits bits)
    {
        while (true)
        {
            ulong low = bits.NextBits(_shift + 1);
            bool negative = (low & 1) != 0;
            low >>= 1;

            // Uniform below 2^shift, kept with probability e^(-low * s / t): geometric, cut off at 2^shift.
            if (low != 0 && !BernoulliExp(low, bits))
            {
                continue;
            }

            long magnitude = checked((_high.Sample(bits) * (1L << _shift)) + (long)low);
            if (magnitude != 0 || !negative)
            {
                return negative ? -magnitude : magnitude;
            }

            // Zero has two signs; without this rejection it would be drawn twice as often as it should.
        }
    }

    /// <summary>Draws as many independent values as the span holds.</summary>
    /// <param name="destination">Where the noise goes; what it held is overwritten.</param>
    /// <param name="bits">Where the bits come from.</param>
    /// <exception cref="OverflowException">As <see cref="Sample"/>; the span is then partly filled.</exception>
    public void Fill(Span<long> destination, RandomBits bits)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = Sample(bits);
        }
    }

    /// <summary>True with probability e^-x for x = low * s / t, which is at most 1/16.</summary>
    /// <remarks>
    /// Counts k while Bernoulli(x / k) succeeds and takes odd k (CKS20, algorithm 1). Bernoulli(x / k) is Bernoulli(x) and
    /// Bernoulli(1 / k), which keeps the numbers small.
    /// </remarks>
    /// <param name="low">The low part of a magnitude, below 2^shift.</param>
    /// <param name="bits">Where the bits come from.</param>
    /// <returns>Whether the low part is kept.</returns>
    internal bool BernoulliExp(ulong low, RandomBits bits)
    {
        ulong k = 1;
        while (BernoulliRatio(low, bits) && (k == 1 || bits.Below(k) == 0))
        {
            k++;
        }

        return (k & 1) != 0;
    }

    private bool BernoulliRatio(ulong low, RandomBits bits) => _t <= ulong.MaxValue
        ? bits.Below((ulong)_t) < low * _s // low * s is below t / 16
        : bits.Below(_t) < (UInt128)low * _s;

    private static UInt128 Numerator(long sensitivity, long nanoEpsilon)
    {
        RequireRange(sensitivity, MaxSensitivity, nameof(sensitivity));
        RequireRange(nanoEpsilon, MaxNanoEpsilon, nameof(nanoEpsilon));
        UInt128 numerator = (UInt128)sensitivity * PrivacyCost.UnitsPerEpsilon;
        return numerator <= (UInt128)nanoEpsilon * MaxScale
            ? numerator
            : throw new ArgumentOutOfRangeException(
                nameof(nanoEpsilon), nanoEpsilon, "sensitivity / epsilon must be at most 2^52, so that noise fits 64 bits");
    }

    private static void RequireRange(long value, long max, string name)
    {
        if (value < 1 || value > max)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 1 to {max}");
        }
    }
}
