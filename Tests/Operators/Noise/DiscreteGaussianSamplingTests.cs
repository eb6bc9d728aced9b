using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

public class DiscreteGaussianSamplingTests
{
    private const int FitSamples = 120_000;
    private const int MomentSamples = 125_000;

    // Two-sided false alarm of 1e-5.
    private const double StandardErrors = 4.41717;

    public static TheoryData<double> Sigmas => new() { 0.4, 0.7, 1, 1.5, 3.3, 20, 31.7, 1000.5, 3e6, 7e12 };

    [Theory]
    [MemberData(nameof(Sigmas))]
    public void Samples_fit_the_stated_distribution(double sigma)
    {
        long[] samples = GaussianSamples.Draw(GaussianSamples.Of(sigma), FitSamples, 1);

        Assert.True(GaussianSamples.Fits(samples, GaussianSamples.Of(sigma).Sigma));
    }

    [Theory]
    [MemberData(nameof(Sigmas))]
    public void A_scale_thirty_percent_off_is_rejected(double sigma)
    {
        long[] samples = GaussianSamples.Draw(GaussianSamples.Of(sigma), FitSamples, 1);

        Assert.False(GaussianSamples.Fits(samples, sigma / 1.3));
        Assert.False(GaussianSamples.Fits(samples, sigma / 0.7));
    }

    [Theory]
    [MemberData(nameof(Sigmas))]
    public void Moments_and_symmetry_match(double sigma)
    {
        var noise = GaussianSamples.Of(sigma);
        long[] samples = GaussianSamples.Draw(noise, MomentSamples, 2);
        (double variance, double fourth) = sigma < 50 ? Summed(noise.Sigma) : (noise.Sigma * noise.Sigma, 3 * Math.Pow(noise.Sigma, 4));

        double root = Math.Sqrt(MomentSamples);
        long positive = samples.LongCount(x => x > 0);
        long negative = samples.LongCount(x => x < 0);
        double meanError = StandardErrors * Math.Sqrt(variance) / root;
        double squareError = StandardErrors * Math.Sqrt(fourth - (variance * variance)) / root;
        Assert.InRange(samples.Average(x => (double)x), -meanError, meanError);
        Assert.InRange(samples.Average(x => (double)x * x) - variance, -squareError, squareError);
        Assert.InRange(positive - negative, -StandardErrors * Math.Sqrt(positive + negative), StandardErrors * Math.Sqrt(positive + negative));
        Assert.Equal(Math.Sqrt(variance), noise.StandardDeviation, 1e-9 * sigma);
    }

    [Fact]
    public void Consecutive_samples_are_independent()
    {
        foreach (double sigma in new[] { 1.0, 100, 1e6 })
        {
            var noise = GaussianSamples.Of(sigma);
            long[] samples = GaussianSamples.Draw(noise, MomentSamples, 7);
            double products = 0;
            for (int i = 1; i < samples.Length; i++)
            {
                products += samples[i] / noise.StandardDeviation * samples[i - 1] / noise.StandardDeviation;
            }

            Assert.InRange(products / Math.Sqrt(MomentSamples), -StandardErrors, StandardErrors);
        }
    }

    [Fact]
    public void The_operating_systems_randomness_fits_too() =>
        Assert.True(GaussianSamples.Fits(GaussianSamples.Draw(GaussianSamples.Of(10), FitSamples, CryptoRandomSource.Instance), 10));

    [Fact]
    public void Small_probabilities_are_the_stated_ones()
    {
        // sigma = 1/2: P(0), P(1), P(2) from the definition; P(2) is 2.6e-4.
        const int Count = 400_000;
        var noise = new DiscreteGaussian(1, 2_000_000_000);
        long[] samples = GaussianSamples.Draw(noise, Count, 5);
        double total = 1 + (2 * (Math.Exp(-2) + Math.Exp(-8) + Math.Exp(-18)));
        for (int x = -2; x <= 2; x++)
        {
            double p = Math.Exp(-2.0 * x * x) / total;
            double error = StandardErrors * Math.Sqrt(p * (1 - p) / Count);
            Assert.InRange(((double)samples.LongCount(s => s == x) / Count) - p, -error, error);
            Assert.Equal(p, noise.Probability(x), 1e-12);
        }
    }

    [Fact]
    public void Fixed_point_lies_within_its_margin_of_the_exact_value()
    {
        // The slow path is exact by itself; with a word inside the margin it must agree with the bounds of the exponential.
        var random = new Random(3);
        foreach (double sigma in new[] { 0.01, 0.3, 1, 2, 7.7, 1e3, 1e9, 5e14 })
        {
            var noise = GaussianSamples.Of(sigma);
            using var bits = new RandomBits(new SeededRandomSource(4));
            for (int i = 0; i < 200; i++)
            {
                ulong magnitude = (ulong)(Math.Abs(random.NextDouble() * 9 * sigma) + (i % 3));
                ulong near = noise.Approximate(magnitude);
                ulong step = noise.Margin + 1;
                if (near > step)
                {
                    Assert.True(noise.Resolve(magnitude, near - step, bits));
                }

                if (near < ulong.MaxValue - step)
                {
                    Assert.False(noise.Resolve(magnitude, near + step, bits));
                }
            }
        }
    }

    [Fact]
    public void The_exponential_in_fixed_point_keeps_its_error()
    {
        var random = new Random(8);
        for (int i = 0; i < 2000; i++)
        {
            ulong x = (ulong)random.NextInt64(0, 50L << FixedExp.PointBits) >> (i % 40);
            (System.Numerics.BigInteger low, System.Numerics.BigInteger high) = ExpBounds.Negative(x, 1L << FixedExp.PointBits, 64);
            Assert.InRange(FixedExp.Of(x), low - FixedExp.Error, high + FixedExp.Error);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, -1)]
    [InlineData(1, 1_000_000_000_000_001)]
    public void Arguments_out_of_range_are_refused(ulong squared, long nanoRho) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteGaussian(squared, nanoRho));

    [Fact]
    public void A_sigma_beyond_the_largest_is_refused()
    {
        UInt128 square = (UInt128)1 << 100;

        Assert.Equal(DiscreteGaussian.MaxSigma, new DiscreteGaussian(square, 500_000_000).Sigma);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteGaussian(square, 499_999_999));
    }

    private static (double Variance, double Fourth) Summed(double sigma)
    {
        int reach = (int)(40 * sigma) + 10;
        double total = 0;
        double second = 0;
        double fourth = 0;
        for (int x = -reach; x <= reach; x++)
        {
            double weight = Math.Exp(-(double)x * x / (2 * sigma * sigma));
            total += weight;
            second += weight * x * x;
            fourth += weight * Math.Pow(x, 4);
        }

        return (second / total, fourth / total);
    }
}
