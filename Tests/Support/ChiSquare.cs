using MathNet.Numerics.Distributions;

namespace AkkaPrivacy.Tests.Support;

/// <summary>Pearson's goodness-of-fit test with exact quantiles; neighbouring bins are merged up to five expected.</summary>
public static class ChiSquare
{
    public const double FalseAlarm = 1e-6;
    private const double MinExpected = 5;

    public static bool Accepts(ReadOnlySpan<long> observed, ReadOnlySpan<double> expected)
    {
        (double statistic, int freedom) = Statistic(observed, expected);
        return freedom > 0 && statistic <= ChiSquared.InvCDF(freedom, 1 - FalseAlarm);
    }

    private static (double Statistic, int Freedom) Statistic(ReadOnlySpan<long> observed, ReadOnlySpan<double> expected)
    {
        var bins = new List<(double Observed, double Expected)> { (0, 0) };
        for (int i = 0; i < observed.Length; i++)
        {
            if (bins[^1].Expected >= MinExpected)
            {
                bins.Add((0, 0));
            }

            bins[^1] = (bins[^1].Observed + observed[i], bins[^1].Expected + expected[i]);
        }

        if (bins.Count > 1 && bins[^1].Expected < MinExpected)
        {
            (double o, double e) = bins[^1];
            bins.RemoveAt(bins.Count - 1);
            bins[^1] = (bins[^1].Observed + o, bins[^1].Expected + e);
        }

        return (bins.Sum(b => Math.Pow(b.Observed - b.Expected, 2) / b.Expected), bins.Count - 1);
    }
}
