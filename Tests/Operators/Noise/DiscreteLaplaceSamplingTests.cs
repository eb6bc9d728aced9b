using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

public class DiscreteLaplaceSamplingTests
{
    private const int FitSamples = 120_000;
    private const int MomentSamples = 125_000;

    // Two-sided false alarm of 1e-5.
    private const double StandardErrors = 4.41717;

    // (sensitivity, nano-epsilon) for scales 0.2, 0.5, 1, 1.37, 10, 31.99, 32, 100, 12,345.678, 1e6 and, with a
    // numerator of more than 64 bits, 1.1e6.
    public static TheoryData<long, long> Scales => new()
    {
        { 1, 5_000_000_000 },
        { 1, 2_000_000_000 },
        { 1, 1_000_000_000 },
        { 1, 729_927_007 },
        { 3, 300_000_000 },
        { 1, 31_259_769 },
        { 32, 1_000_000_000 },
        { 1, 10_000_000 },
        { 12_345_678, 1_000_000_000_000 },
        { 1, 1_000 },
        { DiscreteLaplace.MaxSensitivity - 1, 999_999_999_999_989 },
    };

    [Theory]
    [MemberData(nameof(Scales))]
    public void Samples_fit_the_stated_distribution(long sensitivity, long nanoEpsilon)
    {
        long[] samples = Draw(sensitivity, nanoEpsilon, FitSamples);

        Assert.True(NoiseSamples.Fits(samples, sensitivity * 1e9 / nanoEpsilon));
    }

    [Theory]
    [MemberData(nameof(Scales))]
    public void A_scale_thirty_percent_off_is_rejected(long sensitivity, long nanoEpsilon)
    {
        double scale = sensitivity * 1e9 / nanoEpsilon;
        long[] samples = Draw(sensitivity, nanoEpsilon, FitSamples);

        Assert.False(NoiseSamples.Fits(samples, scale / 1.3));
        Assert.False(NoiseSamples.Fits(samples, scale / 0.7));
    }

    [Theory]
    [MemberData(nameof(Scales))]
    public void Moments_and_symmetry_match(long sensitivity, long nanoEpsilon)
    {
        double q = Math.Exp(-nanoEpsilon / (sensitivity * 1e9));
        double variance = 2 * q / Math.Pow(1 - q, 2);
        double fourth = 2 * q * (1 + (10 * q) + (q * q)) / Math.Pow(1 - q, 4);
        long[] samples = Draw(sensitivity, nanoEpsilon, MomentSamples);

        double root = Math.Sqrt(MomentSamples);
        long positive = samples.LongCount(x => x > 0);
        long negative = samples.LongCount(x => x < 0);
        Assert.InRange(samples.Average(), -StandardErrors * Math.Sqrt(variance) / root, StandardErrors * Math.Sqrt(variance) / root);
        Assert.InRange(
            samples.Average(x => (double)x * x) - variance,
            -StandardErrors * Math.Sqrt(fourth - (variance * variance)) / root,
            StandardErrors * Math.Sqrt(fourth - (variance * variance)) / root);
        Assert.InRange(positive - negative, -StandardErrors * Math.Sqrt(positive + negative), StandardErrors * Math.Sqrt(positive + negative));
    }

    [Fact]
    public void The_operating_systems_randomness_fits_too()
    {
        long[] samples = NoiseSamples.Draw(new DiscreteLaplace(1, 100_000_000), FitSamples, CryptoRandomSource.Instance);

        Assert.True(NoiseSamples.Fits(samples, 10));
    }

    [Theory]
    [InlineData(500_000_000)]
    [InlineData(1_000_000_000)]
    [InlineData(3_000_000_000)]
    public void Small_probabilities_are_the_stated_ones(long nanoEpsilon)
    {
        // P(x) = (1 - q) / (1 + q) q^|x|, written out; false alarm 1e-5 for each of seven values.
        const int Count = 400_000;
        long[] samples = Draw(1, nanoEpsilon, Count);
        double q = Math.Exp(-nanoEpsilon / 1e9);
        for (int x = -3; x <= 3; x++)
        {
            double p = (1 - q) / (1 + q) * Math.Pow(q, Math.Abs(x));
            double error = StandardErrors * Math.Sqrt(p * (1 - p) / Count);
            Assert.InRange(((double)samples.LongCount(s => s == x) / Count) - p, -error, error);
        }
    }

    [Fact]
    public void Consecutive_samples_are_independent()
    {
        // Bits are shared between a sample's sign, its low part and the next sample; a reuse would correlate them.
        foreach (long nanoEpsilon in new long[] { 1_000_000_000, 10_000_000, 1_000 })
        {
            var noise = new DiscreteLaplace(1, nanoEpsilon);
            long[] samples = NoiseSamples.Draw(noise, MomentSamples, 7);
            double products = 0;
            double signs = 0;
            for (int i = 1; i < samples.Length; i++)
            {
                products += (double)samples[i] * samples[i - 1];
                signs += Math.Sign(samples[i]) * (long)Math.Sign(samples[i - 1]);
            }

            double variance = Math.Pow(noise.StandardDeviation, 2);
            Assert.InRange(products / variance / Math.Sqrt(MomentSamples), -StandardErrors, StandardErrors);
            Assert.InRange(signs / Math.Sqrt(MomentSamples), -StandardErrors, StandardErrors);
        }
    }

    [Theory]
    [InlineData(1L << 20, 1_000_000_000)]
    [InlineData(1L << 35, 31_250_000_001)]
    public void Low_parts_are_kept_with_an_exact_exponential(long sensitivity, long nanoEpsilon)
    {
        // At x = 1/16, leaving out the second of the trials would show as 1 / (1 + x), which is 0.0018 more.
        const int Trials = 1_500_000;
        var noise = new DiscreteLaplace(sensitivity, nanoEpsilon);
        using var bits = new RandomBits(new SeededRandomSource(21));
        const ulong Low = (1UL << 16) - 1;
        int kept = 0;
        for (int i = 0; i < Trials; i++)
        {
            kept += noise.BernoulliExp(Low, bits) ? 1 : 0;
        }

        double p = Math.Exp(-(double)Low / noise.Scale);
        double error = StandardErrors * Math.Sqrt(Trials * p * (1 - p));
        Assert.InRange(kept - (Trials * p), -error, error);
    }

    [Fact]
    public void Low_parts_decay_within_a_step_of_the_high_part()
    {
        // At scale 2^20 the low part has 16 bits; drawn uniformly its mean would be 13 standard errors too high.
        const int Count = 500_000;
        const double Step = 1 << 16;
        double q = Math.Exp(-Math.ScaleB(1, -20));
        double mean = (q / (1 - q)) - (Step * Math.Pow(q, Step) / (1 - Math.Pow(q, Step)));
        double error = StandardErrors * Step / Math.Sqrt(12.0 * Count);

        double average = Draw(1L << 20, 1_000_000_000, Count).Average(x => Math.Abs(x) % Step);

        Assert.InRange(average - mean, -error, error);
    }

    [Fact]
    public void Tiny_scales_give_zero_and_the_largest_scale_stays_in_range()
    {
        Assert.All(Draw(1, DiscreteLaplace.MaxNanoEpsilon, 1000), x => Assert.Equal(0, x));

        long[] huge = Draw(1L << 32, 954, 20_000);
        double scale = (1L << 32) * 1e9 / 954;
        Assert.InRange(huge.Average(x => Math.Abs((double)x)) / scale, 0.96, 1.04);
        Assert.Contains(huge, x => (x & 1) != 0);
    }

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(-1, 1_000)]
    [InlineData((1L << 40) + 1, 1_000_000_000)]
    [InlineData(1, 0)]
    [InlineData(1, -5)]
    [InlineData(1, 1_000_000_000_000_001)]
    [InlineData(1L << 40, 1)]
    [InlineData(1L << 32, 953)]
    public void Arguments_out_of_range_are_refused(long sensitivity, long nanoEpsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteLaplace(sensitivity, nanoEpsilon));

    private static long[] Draw(long sensitivity, long nanoEpsilon, int count) =>
        NoiseSamples.Draw(new DiscreteLaplace(sensitivity, nanoEpsilon), count, 1);
}
