using AkkaPrivacy.Operators.Noise;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

/// <summary>Samples the mechanism on neighbouring values and compares the two frequencies of many events.</summary>
public class DiscreteLaplacePrivacyTests
{
    private const int Samples = 1_000_000;

    // With a few hundred events, a false alarm below 1e-6.
    private const double StandardErrors = 6;

    [Theory]
    [InlineData(1, 1_000_000_000)]
    [InlineData(5, 500_000_000)]
    [InlineData(100, 100_000_000)]
    public void Neighbouring_values_stay_within_epsilon(long sensitivity, long nanoEpsilon) =>
        Assert.True(WorstExcess(new DiscreteLaplace(sensitivity, nanoEpsilon), sensitivity) <= StandardErrors);

    [Theory]
    [InlineData(40, 1_000_000_000)]
    [InlineData(400, 500_000_000)]
    [InlineData(400, 100_000_000)]
    public void A_sensitivity_understated_by_17_5_percent_is_found(long sensitivity, long nanoEpsilon)
    {
        long understated = sensitivity * 1000 / 1175;

        Assert.True(WorstExcess(new DiscreteLaplace(understated, nanoEpsilon), sensitivity) > StandardErrors);
    }

    /// <summary>By how many standard errors P(event) exceeds e^epsilon Q(event), at worst over half-lines.</summary>
    private static double WorstExcess(DiscreteLaplace noise, long difference)
    {
        long[] value = NoiseSamples.Draw(noise, Samples, 11);
        long[] neighbour = NoiseSamples.Draw(noise, Samples, 12);
        for (int i = 0; i < neighbour.Length; i++)
        {
            neighbour[i] += difference;
        }

        Array.Sort(value);
        Array.Sort(neighbour);
        double bound = Math.Exp(noise.NanoEpsilon / 1e9);
        double worst = double.NegativeInfinity;
        for (int percent = 1; percent < 100; percent++)
        {
            long edge = value[Samples / 100 * percent];
            double lower = Excess(AtMost(value, edge), AtMost(neighbour, edge), bound);
            double upper = Excess(1 - AtMost(neighbour, edge), 1 - AtMost(value, edge), bound);
            worst = Math.Max(worst, Math.Max(lower, upper));
        }

        return worst;
    }

    private static double Excess(double p, double q, double bound) =>
        (p - (bound * q)) / Math.Sqrt(((p * (1 - p)) + (bound * bound * q * (1 - q)) + 1e-9) / Samples);

    private static double AtMost(long[] sorted, long edge)
    {
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = sorted[middle] <= edge ? (middle + 1, high) : (low, middle);
        }

        return (double)low / sorted.Length;
    }
}
