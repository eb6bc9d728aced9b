using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Noise.Grid;
using AkkaPrivacy.Tests.Support;
using MathNet.Numerics.Distributions;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise.Grid;

public class GridNoiseTests
{
    private const int FitSamples = 120_000;

    [Theory]
    [InlineData(0.3, 500_000_000)]
    [InlineData(1e-200, 1)]
    [InlineData(7e240, 3_000_000_000)]
    public void Laplace_noise_fits_and_thirty_percent_off_does_not(double sensitivity, long nanoEpsilon)
    {
        var noise = new GridLaplace(sensitivity, nanoEpsilon);
        double scale = sensitivity / (nanoEpsilon / 1e9);
        double[] samples = Draw(bits => noise.AddNoise(sensitivity, bits) - sensitivity);

        Assert.True(Fits(samples, x => Laplace.CDF(0, 1, x / scale)));
        Assert.False(Fits(samples, x => Laplace.CDF(0, 1, x / scale * 1.3)));
        Assert.False(Fits(samples, x => Laplace.CDF(0, 1, x / scale * 0.7)));
        Assert.Equal(scale * Math.Sqrt(2), noise.StandardDeviation, scale * 1e-5);
    }

    [Theory]
    [InlineData(0.3, 500_000_000)]
    [InlineData(1e-200, 1_000)]
    [InlineData(7e240, 30_000_000_000)]
    public void Gaussian_noise_fits_and_thirty_percent_off_does_not(double sensitivity, long nanoRho)
    {
        var noise = new GridGaussian(sensitivity, nanoRho);
        double sigma = sensitivity / Math.Sqrt(nanoRho / 5e8);
        double[] samples = Draw(bits => noise.AddNoise(-sensitivity, bits) + sensitivity);

        Assert.True(Fits(samples, x => Normal.CDF(0, sigma, x)));
        Assert.False(Fits(samples, x => Normal.CDF(0, sigma / 1.3, x)));
        Assert.False(Fits(samples, x => Normal.CDF(0, sigma / 0.7, x)));
        Assert.Equal(Normal.InvCDF(0, 1, 0.975) * sigma, noise.HalfWidth(0.95), sigma * 1e-6);
    }

    [Fact]
    public void Rounding_never_exceeds_the_sensitivity_in_units()
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            double sensitivity = Math.Exp(random.Next(-200, 200)) * (1 + random.NextDouble());
            double scale = sensitivity * Math.Exp(random.Next(-5, 5));
            RealGrid grid = RealGrid.For(sensitivity, scale);
            double value = sensitivity * (random.NextDouble() - 0.5) * 1000;
            double neighbour = value + (sensitivity * (i % 3 == 0 ? 1 - 1e-9 : (2 * random.NextDouble()) - 1));

            // Rounding the neighbour to a double must not move it further off than the sensitivity.
            Assert.InRange(Math.Abs((decimal)grid.Round(value) - grid.Round(neighbour)), 0, grid.Rounded(sensitivity));
            Assert.InRange(Math.Abs(grid.Contribution(value, sensitivity)), 0, grid.Contributions(sensitivity));
            Assert.True(sensitivity / grid.Unit is > 1L << 38 and <= 1L << 39);
            Assert.Equal(0, Math.Log2(grid.Unit) % 1);
        }
    }

    [Fact]
    public void Results_are_multiples_of_the_unit_whatever_the_value()
    {
        var noise = new GridLaplace(1, 1_000_000_000);
        using var bits = new RandomBits(new SeededRandomSource(4));
        foreach (double value in new[] { 0, Math.PI, 1 / 3.0, -1e-300, 123_456.789 })
        {
            Assert.Equal(0, noise.AddNoise(value, bits) / noise.Grid.Unit % 1);
        }
    }

    [Fact]
    public void Several_values_are_rounded_each_by_itself()
    {
        Assert.Equal(new GridLaplace(1, 1_000_000_000).SensitivityUnits + 9, new GridLaplace(1, 1_000_000_000, 10).SensitivityUnits);
        Assert.Equal(new GridGaussian(1, 1_000_000_000).SensitivityUnits + 9, new GridGaussian(1, 1_000_000_000, 100).SensitivityUnits);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.Epsilon)]
    public void Sensitivities_and_values_that_are_none_are_refused(double bad)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GridLaplace(bad, 1_000_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GridGaussian(bad, 1_000_000_000));
        if (!double.IsFinite(bad))
        {
            using var bits = new RandomBits(new SeededRandomSource(1));
            Assert.Throws<ArgumentOutOfRangeException>(() => new GridLaplace(1, 1_000_000_000).AddNoise(bad, bits));
        }
    }

    private static double[] Draw(Func<RandomBits, double> sample)
    {
        using var bits = new RandomBits(new SeededRandomSource(31));
        return [.. Enumerable.Range(0, FitSamples).Select(_ => sample(bits))];
    }

    // Bins of equal probability by the samples' own order: each holds 1/100 if the distribution is the stated one.
    private static bool Fits(double[] samples, Func<double, double> cdf)
    {
        var observed = new long[100];
        foreach (double x in samples)
        {
            observed[Math.Clamp((int)(cdf(x) * 100), 0, 99)]++;
        }

        return ChiSquare.Accepts(observed, [.. Enumerable.Repeat(FitSamples / 100.0, 100)]);
    }
}
