using System.Numerics;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise;

/// <summary>
/// The discrete Gaussian distribution, P(x) proportional to e^(-x^2 / (2 sigma^2)) on the integers, sampled exactly.
/// Adding independent draws to integers whose changes have the stated sum of squares is rho-zero-concentrated
/// differentially private.
/// </summary>
/// <remarks>
/// <para>sigma^2 is the rational number squaredSensitivity * 10^9 / (2 nanoRho), so the loss is the ledger's integer cost
/// and not a rounding of it. Floating point takes no part in sampling. The proof is in the folder's README.</para>
/// <para>Source: Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy" (2020), theorem 4 and
/// algorithm 3.</para>
/// <para>Instances are immutable and may be shared between threads; the reader of bits may not.</para>
/// </remarks>
public sealed partial class DiscreteGaussian : IDiscreteNoise
{
    /// <summary>The largest sigma, a power of two; noise then fits 64 bits with a probability of failure below e^-10000.</summary>
    public const long MaxSigma = 1L << 50;

    /// <summary>The largest loss, a rho of one million.</summary>
    public const long MaxNanoRho = 1_000_000_000_000_000;

    // Magnitudes below 2^(bits of t + 4) fit the fixed point of 60 places less the bits of t into one word.
    private const int PointBits = 60;
    private const int HeadRoom = 4;

    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator;
    private readonly long _t;
    private readonly DiscreteLaplace _proposal;
    private readonly int _point;
    private readonly int _magnitudeBits;
    private readonly ulong _centre;
    private readonly ulong _reciprocal;
    private readonly int _shift;

    /// <summary>Prepares the distribution of noise for one cost.</summary>
    /// <param name="squaredSensitivity">By how much one subject can change all values that are noised under the cost: the
    /// sum of the squares of the changes (L2 squared), 1 or more.</param>
    /// <param name="nanoRho">The loss in nano-rho, from 1 to <see cref="MaxNanoRho"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or sigma exceeds <see cref="MaxSigma"/>.</exception>
    public DiscreteGaussian(UInt128 squaredSensitivity, long nanoRho)
    {
        ArgumentOutOfRangeException.ThrowIfZero(squaredSensitivity);
        if (nanoRho is < 1 or > MaxNanoRho)
        {
            throw new ArgumentOutOfRangeException(nameof(nanoRho), nanoRho, $"nanoRho must be from 1 to {MaxNanoRho}");
        }

        BigInteger numerator = (BigInteger)squaredSensitivity * PrivacyCost.UnitsPerEpsilon;
        BigInteger denominator = 2 * (BigInteger)nanoRho;
        if (numerator > denominator * MaxSigma * MaxSigma)
        {
            throw new ArgumentOutOfRangeException(nameof(nanoRho), nanoRho, "sigma must be at most 2^50, so that noise fits 64 bits");
        }

        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        (_numerator, _denominator) = (numerator / divisor, denominator / divisor);
        SquaredSensitivity = squaredSensitivity;
        NanoRho = nanoRho;
        Sigma = Math.Sqrt((double)_numerator / (double)_denominator);
        _t = Root(_numerator, _denominator) + 1;
        _proposal = DiscreteLaplace.OfScale(_t);

        int bits = 64 - BitOperations.LeadingZeroCount((ulong)_t);
        _point = PointBits - bits;
        _magnitudeBits = bits + HeadRoom;
        _centre = (ulong)((_numerator << _point) / (_denominator * _t));
        (_reciprocal, int places) = Reciprocal(_numerator, _denominator);
        _shift = places + (2 * _point) - 64 - FixedExp.PointBits;
        Margin = MarginOf(_shift);
    }

    /// <summary>L2 squared: the sum of the squares of the changes that one subject can make.</summary>
    public UInt128 SquaredSensitivity { get; }

    /// <summary>The loss in nano-rho.</summary>
    public long NanoRho { get; }

    /// <summary>sigma, in units of the value, rounded to a double.</summary>
    public double Sigma { get; }

    /// <summary>How far <see cref="Approximate"/> may be off, in units of 2^-64.</summary>
    internal ulong Margin { get; }

    /// <summary>Draws once.</summary>
    /// <param name="bits">Where the bits come from; a cryptographic source for anything that is released.</param>
    /// <returns>The noise, in units of the value.</returns>
    /// <exception cref="OverflowException">The noise exceeds 64 bits; less likely than e^-2000.</exception>
    public long Sample(RandomBits bits)
    {
        while (true)
        {
            long proposed = _proposal.Sample(bits);
            if (Accepts((ulong)Math.Abs(proposed), bits.NextWord(), bits))
            {
                return proposed;
            }
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

    /// <summary>Whether a uniform number is below e^-x, x = (magnitude - sigma^2/t)^2 / (2 sigma^2).</summary>
    /// <param name="magnitude">Magnitude of the proposal.</param>
    /// <param name="word">First 64 bits of the uniform number.</param>
    /// <param name="bits">Where its further bits come from.</param>
    /// <returns>True with probability e^-x over all words and bits.</returns>
    internal bool Accepts(ulong magnitude, ulong word, RandomBits bits)
    {
        ulong near = Approximate(magnitude);
        if (near > Margin && word < near - Margin)
        {
            return true;
        }

        return (near >= ulong.MaxValue - Margin || word <= near + Margin) && Resolve(magnitude, word, bits);
    }

    /// <summary>Decides exactly, with as many further bits as it takes.</summary>
    /// <param name="magnitude">Magnitude of the proposal.</param>
    /// <param name="word">First 64 bits of the uniform number.</param>
    /// <param name="bits">Where its further bits come from.</param>
    /// <returns>Whether the number is below e^-x.</returns>
    internal bool Resolve(ulong magnitude, ulong word, RandomBits bits)
    {
        BigInteger distance = (magnitude * _denominator * _t) - _numerator;
        BigInteger top = distance * distance;
        BigInteger bottom = 2 * _numerator * _denominator * _t * _t;
        BigInteger value = word;
        for (int words = 1; ; words++)
        {
            (BigInteger low, BigInteger high) = ExpBounds.Negative(top, bottom, 64 * words);
            if (value < low)
            {
                return true;
            }

            if (value >= high)
            {
                return false;
            }

            value = (value << 64) | bits.NextWord();
        }
    }

    /// <summary>2^64 e^-x, at most <see cref="Margin"/> off.</summary>
    /// <param name="magnitude">Magnitude of the proposal.</param>
    /// <returns>The approximation.</returns>
    internal ulong Approximate(ulong magnitude)
    {
        // Further out than 16 t, x is above 112 and e^-x far below a unit.
        if (magnitude >> _magnitudeBits != 0)
        {
            return 0;
        }

        ulong scaled = magnitude << _point;
        ulong distance = scaled > _centre ? scaled - _centre : _centre - scaled;
        ulong high = Math.BigMul(Math.BigMul(distance, distance, out _), _reciprocal, out ulong low);
        UInt128 exponent = new UInt128(high, low) >> _shift;
        return exponent > ulong.MaxValue ? 0 : FixedExp.Of((ulong)exponent);
    }

    // The centre is cut by less than a unit, so the high half of the squared distance is less than 4 units off; the reciprocal
    // is cut by less than a unit, the shifted product too. A change of x by d changes e^-x by at most d.
    private static ulong MarginOf(int shift)
    {
        UInt128 exponent = ((((UInt128)4 << 63) + ((UInt128)1 << 64)) >> shift) + 2;
        return (ulong)(exponent << (64 - FixedExp.PointBits)) + FixedExp.Error;
    }

    // floor(2^places / (2 sigma^2)) with places such that it has 63 bits.
    private static (ulong Value, int Places) Reciprocal(BigInteger numerator, BigInteger denominator)
    {
        int places = (int)(numerator.GetBitLength() - denominator.GetBitLength()) + 63;
        BigInteger value = (denominator << places) / (2 * numerator);
        while (value >> 63 != 0)
        {
            value = (denominator << --places) / (2 * numerator);
        }

        return ((ulong)value, places);
    }

    // floor(sqrt(numerator / denominator)), set right after a first guess on doubles.
    private static long Root(BigInteger numerator, BigInteger denominator)
    {
        long root = (long)Math.Sqrt((double)numerator / (double)denominator);
        while ((BigInteger)root * root * denominator > numerator)
        {
            root--;
        }

        while ((BigInteger)(root + 1) * (root + 1) * denominator <= numerator)
        {
            root++;
        }

        return root;
    }
}
