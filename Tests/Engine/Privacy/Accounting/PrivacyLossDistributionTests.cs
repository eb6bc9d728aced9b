using AkkaPrivacy.Engine.Privacy.Accounting;
using MathNet.Numerics.Distributions;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Privacy.Accounting;

public class PrivacyLossDistributionTests
{
    [Fact]
    public void The_published_calibration_is_met()
    {
        // sigma 1/3 at sensitivity 1: delta 0.78760074 at epsilon 1.
        Assert.Equal(0.78760074, PrivacyLossDistribution.GaussianDelta(3, 1), 1e-8);
        Assert.Equal(0.78760074, PrivacyLossDistribution.OfGaussian(3).Delta(1), 1e-6);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.2, 25)]
    [InlineData(0.05, 100)]
    [InlineData(0.5, 7)]
    public void Gaussians_compose_to_a_gaussian(double ratio, int times)
    {
        var composed = PrivacyLossDistribution.OfGaussian(ratio, ratio < 0.1 ? 0.002 : 0.005).Repeat(times);
        double mu = ratio * Math.Sqrt(times);
        foreach (double epsilon in new[] { 0, 0.5, 1.5, 4 })
        {
            double exact = Normal.CDF(0, 1, (mu / 2) - (epsilon / mu)) - (Math.Exp(epsilon) * Normal.CDF(0, 1, -(mu / 2) - (epsilon / mu)));

            // Pessimistic, and off by less than a thousandth where delta matters.
            Assert.InRange(composed.Delta(epsilon), exact * (1 - 1e-9), (exact * 1.003) + 1e-14);
        }
    }

    [Theory]
    [InlineData(0.1, 0, 100)]
    [InlineData(0.3, 1e-8, 40)]
    [InlineData(1, 0, 5)]
    public void Randomised_response_composes_to_the_optimum_of_advanced_composition(double epsilon, double delta, int times)
    {
        var composed = PrivacyLossDistribution.OfApproximate(epsilon, delta).Repeat(times);
        double optimum = Composition.Optimal(epsilon, delta, times, 1e-5)!.Value;

        // The optimum is stated on the grid of 2 epsilon.
        Assert.InRange(composed.Epsilon(1e-5), optimum - (2 * epsilon), optimum + 0.01);
        Assert.InRange(composed.Delta(optimum), 0, 1e-5 * 1.01);
        Assert.True(composed.Delta(optimum - (2 * epsilon)) > 1e-5 || optimum < 2 * epsilon);
    }

    [Fact]
    public void Laplace_has_its_closed_form_and_less_loss_than_its_epsilon_alone_tells()
    {
        var laplace = PrivacyLossDistribution.OfLaplace(0.5);

        Assert.Equal(1 - Math.Exp(-0.15), laplace.Delta(0.2), 1e-6);
        Assert.Equal(0, laplace.Delta(0.5), 1e-12);
        Assert.True(PrivacyLossDistribution.OfLaplace(0.5, 0.02).Repeat(50).Epsilon(1e-6) < PrivacyLossDistribution.OfPure(0.5, 0.02).Repeat(50).Epsilon(1e-6));
    }

    [Fact]
    public void Mixed_mechanisms_compose_in_any_order()
    {
        var a = PrivacyLossDistribution.OfGaussian(0.4, 0.01);
        var b = PrivacyLossDistribution.OfLaplace(0.3, 0.01);

        Assert.Equal(a.Compose(b).Compose(b).Delta(1), b.Compose(a).Compose(b).Delta(1), 1e-12);
        Assert.True(a.Compose(b).Delta(0.5) > a.Delta(0.5));
        Assert.Equal(0.01, PrivacyLossDistribution.OfApproximate(1, 0.01).InfinityMass, 1e-15);
        Assert.Equal(double.PositiveInfinity, PrivacyLossDistribution.OfApproximate(1, 0.01).Epsilon(0.009));
    }

    [Fact]
    public void Zero_concentration_of_a_gaussian_lies_above_its_loss_distribution()
    {
        double exact = PrivacyLossDistribution.OfGaussian(0.25).Repeat(16).Epsilon(1e-6);
        double byRho = PrivacyConversions.ZeroConcentratedToEpsilon(0.5, 1e-6);

        Assert.InRange(byRho, exact, exact * 1.1);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e-320)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_parameter_is_refused(double value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PrivacyLossDistribution.OfGaussian(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrivacyLossDistribution.OfLaplace(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => PrivacyLossDistribution.OfGaussian(1, value));
    }

    [Fact]
    public void Distributions_of_different_grids_do_not_compose() =>
        Assert.Throws<ArgumentException>(() => PrivacyLossDistribution.OfPure(1, 0.1).Compose(PrivacyLossDistribution.OfPure(1, 0.2)));
}
