using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.Operators.Noise;

/// <summary>Draws samples and tests them against the stated distribution, whose formula is written out anew here.</summary>
internal static class NoiseSamples
{
    public static long[] Draw(DiscreteLaplace noise, int count, ulong seed) => Draw(noise, count, new SeededRandomSource(seed));

    public static long[] Draw(DiscreteLaplace noise, int count, IRandomSource source)
    {
        using var bits = new RandomBits(source);
        var samples = new long[count];
        noise.Fill(samples, bits);
        return samples;
    }

    public static double CdfOf(double scale, double x)
    {
        double q = Math.Exp(-1 / scale);
        return x < 0 ? Math.Pow(q, -x) / (1 + q) : 1 - (Math.Pow(q, x + 1) / (1 + q));
    }

    /// <summary>Chi-square over bins of about a twentieth of the scale, or of single integers where that is less than one.</summary>
    public static bool Fits(ReadOnlySpan<long> samples, double scale)
    {
        long width = Math.Max(1, (long)(scale / 20));
        int half = (int)Math.Ceiling(14 * scale / width) + 2;
        var observed = new long[(2 * half) + 1];
        var expected = new double[observed.Length];
        foreach (long x in samples)
        {
            long bin = Math.Clamp((long)Math.Floor((double)x / width), -half, half);
            observed[bin + half]++;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            double below = i == 0 ? 0 : CdfOf(scale, ((double)(i - half) * width) - 1);
            double upTo = i == expected.Length - 1 ? 1 : CdfOf(scale, ((double)(i - half + 1) * width) - 1);
            expected[i] = samples.Length * (upTo - below);
        }

        return ChiSquare.Accepts(observed, expected);
    }
}
