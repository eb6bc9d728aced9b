using System.Numerics;

namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>
/// Repeatable numbers for made-up traffic: xoshiro256** (Blackman and Vigna, 2018), seeded through SplitMix64.
/// </summary>
/// <remarks>Not for privacy: whoever sees a few outputs can compute all others. Noise, keys and tokens cannot take it,
/// since it is no <see cref="Engine.Ports.IRandomSource"/>.</remarks>
internal struct TrafficRandom
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>A sequence of its own for each seed.</summary>
    /// <param name="seed">Any number.</param>
    public TrafficRandom(ulong seed)
    {
        _s0 = Mix(ref seed);
        _s1 = Mix(ref seed);
        _s2 = Mix(ref seed);
        _s3 = Mix(ref seed);
    }

    /// <summary>A well-mixed number for a number, always the same (the finaliser of SplitMix64).</summary>
    /// <param name="number">The number.</param>
    public static ulong Hash(ulong number) => Mix(ref number);

    /// <summary>64 uniform bits.</summary>
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A whole number from 0 to <paramref name="bound"/> - 1, by multiplication; the bias is below 2^-32.</summary>
    /// <param name="bound">1 or more.</param>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>A number from 0 to 1, exclusive, in steps of 2^-53.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>An exponentially distributed number.</summary>
    /// <param name="mean">Its mean.</param>
    public double Exponential(double mean) => -Math.Log(1 - Unit()) * mean;

    private static ulong Mix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
