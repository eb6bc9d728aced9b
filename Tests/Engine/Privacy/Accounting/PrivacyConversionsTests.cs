using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using MathNet.Numerics.Distributions;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Privacy.Accounting;

public class PrivacyConversionsTests
{
    [Fact]
    public void Published_values_are_met()
    {
        Assert.Equal(0.6880024554878085, PrivacyConversions.ZeroConcentratedToEpsilon(1.0 / 32, 1e-3), 1e-9);

        double best = Enumerable.Range(2, 31).Min(order => PrivacyConversions.RenyiToEpsilon(order, 1.1, 1e-5));
        Assert.Equal(1.32783806176, best, 1e-10);
        Assert.Equal(best, PrivacyConversions.RenyiToEpsilon(32, 1.1, 1e-5));
    }

    [Theory]
    [InlineData(1e-9, 1e-6)]
    [InlineData(0.01, 1e-9)]
    [InlineData(0.5, 1e-6)]
    [InlineData(10, 1e-15)]
    [InlineData(1000, 0.01)]
    public void Epsilon_delta_and_rho_agree(double rho, double delta)
    {
        double epsilon = PrivacyConversions.ZeroConcentratedToEpsilon(rho, delta);

        Assert.True(epsilon <= rho + (2 * Math.Sqrt(rho * Math.Log(1 / delta))));
        Assert.InRange(PrivacyConversions.ZeroConcentratedToDelta(rho, epsilon) / delta, epsilon == 0 ? 0 : 1 - 1e-6, 1 + 1e-6);
        double back = epsilon == 0 ? rho : PrivacyConversions.LargestRho(epsilon, delta);
        Assert.InRange(back / rho, 1 - 1e-6, 1 + 1e-6);
        Assert.True(epsilon == 0 || PrivacyConversions.ZeroConcentratedToEpsilon(back, delta) <= epsilon);
    }

    [Theory]
    [InlineData(0.05, 0.8)]
    [InlineData(0.5, 3)]
    [InlineData(2, 9)]
    public void The_bound_lies_above_the_gaussians_own_delta(double rho, double epsilon)
    {
        double mu = Math.Sqrt(2 * rho);
        double exact = Normal.CDF(0, 1, (mu / 2) - (epsilon / mu)) - (Math.Exp(epsilon) * Normal.CDF(0, 1, -(mu / 2) - (epsilon / mu)));

        Assert.InRange(PrivacyConversions.ZeroConcentratedToDelta(rho, epsilon), exact, 6 * exact);
    }

    [Theory]
    [InlineData(double.NaN, 1e-6)]
    [InlineData(double.PositiveInfinity, 1e-6)]
    [InlineData(-1, 1e-6)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.Epsilon)]
    [InlineData(1, -1e-6)]
    public void What_is_no_loss_or_no_delta_is_refused(double rho, double delta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PrivacyConversions.ZeroConcentratedToEpsilon(rho, delta));

    [Fact]
    public void Tails_of_the_normal_distribution_are_accurate()
    {
        Assert.Equal(0.5, NormalTail.Upper(0));
        foreach (double x in new[] { -9, -1.5, 0.1, 1, 2.49, 2.51, 5, 8 })
        {
            Assert.Equal(1, NormalTail.Upper(x) / Normal.CDF(0, 1, -x), 1e-9);
        }

        // Abramowitz and Stegun, table 26.2.
        Assert.Equal(23.11805, -Math.Log10(NormalTail.Upper(10)), 1e-5);
        Assert.Equal(544.96634, -NormalTail.LogUpper(50) / Math.Log(10), 1e-4);
        Assert.Equal(1.959963984540054, NormalTail.Quantile(0.025), 1e-12);
    }

    [Fact]
    public void Costs_become_zero_concentrated_rounded_up()
    {
        Assert.Equal(500_000_000, PrivacyCost.Pure(1).ConvertTo(PrivacyMeasure.ZeroConcentrated)!.Value.Loss);
        Assert.Equal(1, PrivacyCost.Pure(1e-6).ConvertTo(PrivacyMeasure.ZeroConcentrated)!.Value.Loss);
        Assert.Null(PrivacyCost.Pure(1e6).ConvertTo(PrivacyMeasure.ZeroConcentrated));
        var selection = PrivacyCost.Approximate(0.2, 1e-6) + PrivacyCost.ZeroConcentrated(0.1);
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.12, 1e-6), selection);
        Assert.Null(PrivacyCost.ZeroConcentrated(1).ConvertTo(PrivacyMeasure.Approximate));
        Assert.Equal("rho 0.12, delta 1e-6", selection.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9.9e-10)]
    [InlineData(1.1e6)]
    [InlineData(double.NaN)]
    [InlineData(double.Epsilon)]
    [InlineData(double.PositiveInfinity)]
    public void A_rho_out_of_range_is_refused(double rho) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PrivacyCost.ZeroConcentrated(rho));
}
