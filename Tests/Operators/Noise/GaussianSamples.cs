using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.Operators.Noise;

/// <summary>Draws samples and tests them against the stated distribution, whose formula is written out anew here.</summary>
internal static class GaussianSamples
{
    /// <summary>The mechanism whose sigma is nearest to the given one, at a squared sensitivity of 1 or more.</summary>
    public static DiscreteGaussian Of(double sigma)
    {
        UInt128 square = (UInt128)Math.Max(1, Math.Round(sigma * sigma));
        return new DiscreteGaussian(square, (long)Math.Round((double)square * 1e9 / (2 * sigma * sigma)));
    }

    public static long[] Draw(DiscreteGaussian noise, int count, ulong seed) => Draw(noise, count, new SeededRandomSource(seed));

    public static long[] Draw(DiscreteGaussian noise, int count, IRandomSource source)
    {
        using var bits = new RandomBits(source);
        var samples = new long[count];
        noise.Fill(samples, bits);
        return samples;
    }

    /// <summary>Chi-square over bins of about a fifteenth of sigma, or of single integers where that is less than one.</summary>
    public static bool Fits(ReadOnlySpan<long> samples, double sigma)
    {
        long width = Math.Max(1, (long)(sigma / 15));
        int half = (int)Math.Ceiling(7 * sigma / width) + 2;
        var observed = new long[(2 * half) + 1];
        var expected = new double[observed.Length];
        foreach (long x in samples)
        {
            observed[Math.Clamp((long)Math.Floor((double)x / width), -half, half) + half]++;
        }

        double total = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = Weight((double)(i - half) * width, width, sigma);
            total += expected[i];
        }

        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] *= samples.Length / total;
        }

        return ChiSquare.Accepts(observed, expected);
    }

    // The sum over the bin's integers; for wide bins by Simpson's rule on 21 points, which is exact to far below the test's power.
    private static double Weight(double from, long width, double sigma)
    {
        if (width <= 64)
        {
            return Enumerable.Range(0, (int)width).Sum(i => Density(from + i, sigma));
        }

        const int Points = 20;
        double step = (double)width / Points;
        double sum = 0;
        for (int i = 0; i <= Points; i++)
        {
            sum += (i is 0 or Points ? 1 : i % 2 == 1 ? 4 : 2) * Density(from - 0.5 + (i * step), sigma);
        }

        return sum * step / 3;
    }

    private static double Density(double x, double sigma) => Math.Exp(-x * x / (2 * sigma * sigma));
}
