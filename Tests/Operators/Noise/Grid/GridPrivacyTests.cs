using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Noise.Grid;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise.Grid;

/// <summary>Moments of noise on real numbers, and frequencies of events on neighbouring ones.</summary>
public class GridPrivacyTests
{
    private const int MomentSamples = 125_000;
    private const int Samples = 1_000_000;
    private const double Sensitivity = 0.7;

    // A false alarm of 1e-5 for moments; below 1e-6 for the worst of a hundred events.
    private const double MomentErrors = 4.41717;
    private const double StandardErrors = 6;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Moments_are_those_of_the_distribution(bool isLaplace)
    {
        var (variance, kurtosis) = isLaplace ? (2 * Sensitivity * Sensitivity, 6.0) : (Sensitivity * Sensitivity, 3.0);
        var samples = Draw(isLaplace, Sensitivity, MomentSamples, 21, value: 1.25).Select(x => x - 1.25).ToArray();
        var root = Math.Sqrt(MomentSamples);

        Assert.InRange(samples.Average(), -MomentErrors * Math.Sqrt(variance) / root, MomentErrors * Math.Sqrt(variance) / root);
        Assert.InRange(samples.Average(x => x * x) / variance, 1 - (MomentErrors * Math.Sqrt(kurtosis - 1) / root), 1 + (MomentErrors * Math.Sqrt(kurtosis - 1) / root));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Neighbours_stay_within_epsilon_and_delta(bool isLaplace) => Assert.True(WorstExcess(isLaplace, Sensitivity) <= StandardErrors);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_sensitivity_understated_by_17_5_percent_is_found(bool isLaplace) => Assert.True(WorstExcess(isLaplace, Sensitivity / 1.175) > StandardErrors);

    /// <summary>By how many standard errors P(event) exceeds e^epsilon Q(event) + delta, at worst over half-lines; at epsilon 1, or at rho 1/2
    /// with the delta of that Gaussian at epsilon 1.</summary>
    private static double WorstExcess(bool isLaplace, double stated)
    {
        var delta = isLaplace ? 0 : PrivacyLossDistribution.GaussianDelta(1, 1);
        var lower = Draw(isLaplace, stated, Samples, 22, value: 0);
        var higher = Draw(isLaplace, stated, Samples, 23, value: Sensitivity);
        Array.Sort(lower);
        Array.Sort(higher);
        var worst = double.NegativeInfinity;
        for (var percent = 1; percent < 100; percent++)
        {
            var edge = lower[Samples / 100 * percent];
            var (p, q) = (AtMost(lower, edge), AtMost(higher, edge));
            worst = Math.Max(worst, (p - (Math.E * q) - delta) / Math.Sqrt(((p * (1 - p)) + (Math.E * Math.E * q * (1 - q)) + 1e-9) / Samples));
        }

        return worst;
    }

    private static double[] Draw(bool isLaplace, double sensitivity, int count, ulong seed, double value)
    {
        using var bits = new RandomBits(new SeededRandomSource(seed));
        var laplace = new GridLaplace(sensitivity, 1_000_000_000);
        var gaussian = new GridGaussian(sensitivity, 500_000_000);
        var samples = new double[count];
        for (var i = 0; i < count; i++)
        {
            samples[i] = isLaplace ? laplace.AddNoise(value, bits) : gaussian.AddNoise(value, bits);
        }

        return samples;
    }

    private static double AtMost(double[] sorted, double edge)
    {
        var at = Array.BinarySearch(sorted, edge);
        at = at < 0 ? ~at : at + 1;
        while (at < sorted.Length && sorted[at] == edge)
        {
            at++;
        }

        return (double)at / sorted.Length;
    }
}
