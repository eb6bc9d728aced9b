using MathNet.Numerics.Distributions;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

public class DiscreteGaussianStatisticsTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(12.5)]
    [InlineData(200)]
    public void The_half_width_is_the_smallest_that_covers(double sigma)
    {
        var noise = GaussianSamples.Of(sigma);
        foreach (double confidence in new[] { 0.51, 0.9, 0.95, 0.99, 0.9999 })
        {
            long k = noise.HalfWidth(confidence);

            Assert.True(Inside(noise.Sigma, k) >= confidence - 1e-12);
            Assert.True(k == 0 || Inside(noise.Sigma, k - 1) < confidence + 1e-12);
        }
    }

    [Fact]
    public void A_large_half_width_is_the_normal_one()
    {
        var noise = GaussianSamples.Of(1e9);

        Assert.Equal(Normal.InvCDF(0, 1, 0.975) * noise.Sigma, noise.HalfWidth(0.95), 2.0);
    }

    [Fact]
    public void Intervals_cover_as_often_as_stated()
    {
        var noise = GaussianSamples.Of(30);
        long k = noise.HalfWidth(0.95);
        long[] samples = GaussianSamples.Draw(noise, 200_000, 9);

        double covered = samples.Count(x => Math.Abs(x) <= k) / 200_000.0;
        Assert.InRange(covered, Inside(noise.Sigma, k) - 0.0025, Inside(noise.Sigma, k) + 0.0025);
        Assert.InRange(covered, 0.9475, 0.96);
    }

    private static double Inside(double sigma, long k)
    {
        double total = 0;
        double inside = 0;
        for (long x = -(long)(45 * sigma) - 5; x <= (45 * sigma) + 5; x++)
        {
            double weight = Math.Exp(-(double)x * x / (2 * sigma * sigma));
            total += weight;
            inside += Math.Abs(x) <= k ? weight : 0;
        }

        return inside / total;
    }
}
