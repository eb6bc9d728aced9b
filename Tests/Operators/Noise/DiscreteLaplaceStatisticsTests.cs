using AkkaPrivacy.Operators.Noise;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

public class DiscreteLaplaceStatisticsTests
{
    public static TheoryData<long, long> Scales => new()
    {
        { 1, 20_000_000_000 },
        { 1, 5_000_000_000 },
        { 1, 1_000_000_000 },
        { 7, 100_000_000 },
        { 1, 1_000_000 },
    };

    [Theory]
    [MemberData(nameof(Scales))]
    public void Probabilities_sum_up(long sensitivity, long nanoEpsilon)
    {
        var noise = new DiscreteLaplace(sensitivity, nanoEpsilon);
        double scale = sensitivity * 1e9 / nanoEpsilon;
        double q = Math.Exp(-1 / scale);
        long reach = (long)(45 * scale) + 2;
        double sum = 0;
        double square = 0;
        for (long x = -reach; x <= reach; x++)
        {
            double p = noise.Probability(x);
            Assert.Equal((1 - q) / (1 + q) * Math.Exp(-Math.Abs(x) / scale), p, 1e-12);
            sum += p;
            square += p * x * x;
            Assert.Equal(sum, noise.Cdf(x), 1e-11);
        }

        Assert.Equal(1, sum, 1e-11);
        Assert.Equal(Math.Sqrt(square), noise.StandardDeviation, 1e-9 * Math.Max(1, scale));
        Assert.Equal(scale, noise.Scale, 1e-12 * scale);
    }

    [Theory]
    [MemberData(nameof(Scales))]
    public void The_half_width_is_the_smallest_that_reaches_the_confidence(long sensitivity, long nanoEpsilon)
    {
        var noise = new DiscreteLaplace(sensitivity, nanoEpsilon);
        foreach (double confidence in new[] { 1e-9, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999999 })
        {
            long k = 0;
            double inside = noise.Probability(0);
            while (inside < confidence)
            {
                k++;
                inside += 2 * noise.Probability(k);
            }

            Assert.Equal(k, noise.HalfWidth(confidence));
        }
    }

    [Fact]
    public void The_half_width_is_stable_at_both_ends()
    {
        Assert.Equal(0, new DiscreteLaplace(1, DiscreteLaplace.MaxNanoEpsilon).HalfWidth(1 - Math.ScaleB(1, -53)));

        // At scale 1 / 20 the tail beyond 0 is about 4e-9.
        var narrow = new DiscreteLaplace(1, 20_000_000_000);
        Assert.Equal(0, narrow.HalfWidth(0.999999995));
        Assert.Equal(1, narrow.HalfWidth(0.999999997));

        // At huge scales the distribution is the continuous one: the half width is scale * ln(1 / (1 - confidence)).
        var wide = new DiscreteLaplace(1L << 32, 954);
        Assert.Equal(1, wide.HalfWidth(0.95) / (wide.Scale * Math.Log(20)), 1e-14);
        Assert.Equal(1, wide.StandardDeviation / (Math.Sqrt(2) * wide.Scale), 1e-14);
        Assert.Equal(0, new DiscreteLaplace(1, DiscreteLaplace.MaxNanoEpsilon).StandardDeviation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void Confidences_out_of_range_are_refused(double confidence) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DiscreteLaplace(1, 1_000_000_000).HalfWidth(confidence));

    [Fact]
    public void Extreme_arguments_do_not_overflow()
    {
        var noise = new DiscreteLaplace(1, 1_000_000_000);
        Assert.Equal(0, noise.Probability(long.MinValue));
        Assert.Equal(0, noise.Cdf(long.MinValue));
        Assert.Equal(1, noise.Cdf(long.MaxValue));
    }
}
