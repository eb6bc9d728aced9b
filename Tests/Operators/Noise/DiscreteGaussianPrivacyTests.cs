using AkkaPrivacy.Operators.Noise;
using MathNet.Numerics.Distributions;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

/// <summary>Samples the mechanism on neighbouring values and compares P(event) with e^epsilon Q(event) + delta.</summary>
public class DiscreteGaussianPrivacyTests
{
    private const int Samples = 1_000_000;
    private const double StandardErrors = 6;

    [Theory]
    [InlineData(20, 0.5)]
    [InlineData(400, 0.02)]
    [InlineData(1000, 0.5)]
    public void Neighbouring_values_stay_within_epsilon_and_delta(long sensitivity, double rho) =>
        Assert.True(WorstExcess(Noise(sensitivity, rho), sensitivity, rho) <= StandardErrors);

    [Theory]
    [InlineData(40, 0.5)]
    [InlineData(400, 0.02)]
    [InlineData(1000, 0.5)]
    public void A_sensitivity_understated_by_17_5_percent_is_found(long sensitivity, double rho) =>
        Assert.True(WorstExcess(Noise(sensitivity * 1000 / 1175, rho), sensitivity, rho) > StandardErrors);

    private static DiscreteGaussian Noise(long sensitivity, double rho) =>
        new((UInt128)sensitivity * (UInt128)sensitivity, (long)(rho * 1e9));

    /// <summary>By how many standard errors P(event) - e^epsilon Q(event) exceeds the Gaussian's delta, at worst over half-lines
    /// and epsilons.</summary>
    private static double WorstExcess(DiscreteGaussian noise, long difference, double rho)
    {
        long[] value = GaussianSamples.Draw(noise, Samples, 11);
        long[] neighbour = GaussianSamples.Draw(noise, Samples, 12);
        for (int i = 0; i < Samples; i++)
        {
            neighbour[i] -= difference;
        }

        Array.Sort(value);
        Array.Sort(neighbour);
        double ratio = Math.Sqrt(2 * rho);
        double worst = double.NegativeInfinity;
        foreach (double times in new[] { 0, 0.5, 1, 1.5, 2 })
        {
            double epsilon = (rho + (ratio * times)) / 1.5;
            double delta = Normal.CDF(0, 1, (ratio / 2) - (epsilon / ratio)) - (Math.Exp(epsilon) * Normal.CDF(0, 1, -(ratio / 2) - (epsilon / ratio)));
            for (int percent = 1; percent < 100; percent++)
            {
                long edge = value[Samples / 100 * percent];
                double p = Above(value, edge);
                double q = Above(neighbour, edge);
                double bound = Math.Exp(epsilon);
                double error = Math.Sqrt(((p * (1 - p)) + (bound * bound * q * (1 - q)) + 1e-9) / Samples);
                worst = Math.Max(worst, (p - (bound * q) - delta) / error);
            }
        }

        return worst;
    }

    private static double Above(long[] sorted, long edge)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = sorted[middle] < edge ? (middle + 1, high) : (low, middle);
        }

        return 1 - ((double)low / sorted.Length);
    }
}
