using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.KeySelection;

/// <summary>How often keys are kept, against the law written out from the definition, and against one that is 30% off.</summary>
public class SelectionLawTests
{
    private const int Samples = 120_000;

    [Theory]
    [InlineData(true, 1_000_000_000, 3)]
    [InlineData(true, 500_000_000, 1)]
    [InlineData(false, 100_000_000, 2)]
    [InlineData(false, 20_000_000, 1)]
    public void Thresholds_keep_keys_by_the_tail_of_their_noise_and_no_other(bool isLaplace, long units, int groups)
    {
        const long delta = 1_000_000_000_000_000;
        var selection = isLaplace ? NoisyThreshold.Laplace(units, delta, groups) : NoisyThreshold.Gaussian(units, delta, groups);
        var scale = isLaplace ? groups / (units / 1e9) : Math.Sqrt(groups / (2 * (units / 1e9)));
        Assert.True(Fits(scale));
        Assert.False(Fits(scale * 1.3));
        Assert.False(Fits(scale / 1.3));

        bool Fits(double stated) => new[] { -1, 0, 1 }.All(side =>
        {
            var subjects = Math.Max(1, selection.Threshold + (long)(side * scale));
            return Accepts(count => Count(bits => selection.Keep(subjects, bits), count), Tail(isLaplace, stated, selection.Threshold - subjects));
        });
    }

    [Theory]
    [InlineData(1_000_000_000, 10_000_000_000_000_000)]
    [InlineData(300_000_000, 1_000_000_000_000_000)]
    public void The_truncated_geometric_keeps_keys_by_its_recursion_and_no_other(long nanoEpsilon, long attoDelta)
    {
        var selection = new TruncatedGeometric(nanoEpsilon, attoDelta, 1);
        Assert.True(Fits(nanoEpsilon / 1e9));
        Assert.False(Fits(nanoEpsilon / 1e9 * 1.3));
        Assert.False(Fits(nanoEpsilon / 1e9 / 1.3));

        bool Fits(double epsilon) => new[] { 2, 4, 6 }.All(subjects =>
            Accepts(count => Count(bits => selection.Keep(subjects, bits), count), Recursion(epsilon, attoDelta / 1e18, subjects)));
    }

    // The optimum of Desfontaines, Voss, Gipson, Mandayam 2022: p(n) from p(n - 1) by both inequalities.
    private static double Recursion(double epsilon, double delta, int subjects)
    {
        var p = 0.0;
        for (var n = 1; n <= subjects; n++)
        {
            p = Math.Min(1, Math.Min((Math.Exp(epsilon) * p) + delta, 1 - (Math.Exp(-epsilon) * (1 - p - delta))));
        }

        return p;
    }

    // P(X >= k).
    private static double Tail(bool isLaplace, double scale, long k)
    {
        double Weight(long x) => isLaplace ? Math.Exp(-Math.Abs(x) / scale) : Math.Exp(-(double)x * x / (2 * scale * scale));
        var reach = (int)(60 * scale) + 60;
        var all = Enumerable.Range(-reach, (2 * reach) + 1).Sum(x => Weight(x));
        return Enumerable.Range(-reach, (2 * reach) + 1).Where(x => x >= k).Sum(x => Weight(x)) / all;
    }

    private static bool Accepts(Func<int, long> kept, double probability)
    {
        var count = kept(Samples);
        return ChiSquare.Accepts([count, Samples - count], [probability * Samples, (1 - probability) * Samples]);
    }

    private static long Count(Func<RandomBits, bool> keep, int samples)
    {
        using var bits = new RandomBits(new SeededRandomSource(41));
        var kept = 0L;
        for (var i = 0; i < samples; i++)
        {
            kept += keep(bits) ? 1 : 0;
        }

        return kept;
    }
}
