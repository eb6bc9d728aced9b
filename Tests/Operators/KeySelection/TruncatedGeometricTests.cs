using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.KeySelection;

public class TruncatedGeometricTests
{
    [Fact]
    public void Published_values_are_met()
    {
        var selection = new TruncatedGeometric(Math.Log(1.5), 0.1);
        double[] published = [0, .1, .25, .475, .716667, .877778, .985185, 1, 1];

        for (int n = 0; n < published.Length; n++)
        {
            Assert.Equal(published[n], selection.Probability(n), 6);
        }

        Assert.Equal(7, selection.CertainFrom);
    }

    [Theory]
    [InlineData(1_000_000_000, 1_000_000_000_000, 1)]
    [InlineData(1_000_000_000, 1_000_000_000_000, 4)]
    [InlineData(100_000_000, 1_000, 10)]
    [InlineData(8_000_000_000, 10_000_000_000_000_000, 3)]
    public void Probabilities_obey_the_guarantee_and_are_the_optimum(long nanoEpsilon, long attoDelta, int maxGroups)
    {
        var selection = new TruncatedGeometric(nanoEpsilon, attoDelta, maxGroups);
        double e = nanoEpsilon / 1e9 / maxGroups;
        double d = attoDelta / 1e18 / maxGroups;
        double optimum = 0;

        for (long n = 1; n <= selection.CertainFrom; n++)
        {
            optimum = Math.Min(Math.Min((Math.Exp(e) * optimum) + d, 1 - (Math.Exp(-e) * (1 - optimum - d))), 1);
            Assert.InRange(selection.Probability(n), optimum * (1 - 1e-10), Math.Min(1, optimum * (1 + 1e-10)));
            Assert.True(selection.Probability(n) >= selection.Probability(n - 1));
        }
    }

    [Fact]
    public void The_keep_frequency_is_the_probability()
    {
        const int Trials = 100_000;
        var selection = new TruncatedGeometric(1_000_000_000, 10_000_000_000_000_000, 2);
        foreach (IRandomSource source in new IRandomSource[] { new SeededRandomSource(3), CryptoRandomSource.Instance })
        {
            using var bits = new RandomBits(source);
            for (long n = 1; n < selection.CertainFrom; n++)
            {
                double p = selection.Probability(n);
                long kept = Enumerable.Range(0, Trials).LongCount(_ => selection.Keep(n, bits));

                // 6 standard errors of at most a dozen frequencies: false alarm below 1e-6 with continuity.
                double error = Math.Sqrt(Trials * p * (1 - p));
                Assert.InRange(kept, (Trials * p) - (6 * error) - 1, (Trials * p) + (6 * error) + 1);
            }
        }
    }

    [Fact]
    public void A_tie_in_the_first_word_is_decided_by_the_second()
    {
        // p_1 = d' = 1/4 = 0x4000... exactly, so U = 0x4000...0 is not below and U = 0x3fff...f is.
        var selection = new TruncatedGeometric(1.0, 0.25);

        Assert.True(Keep(selection, 0x3FFF_FFFF_FFFF_FFFF));
        Assert.False(Keep(selection, 0x4000_0000_0000_0000, 0));
        Assert.False(Keep(selection, 0x4000_0000_0000_0001));

        // d' = 2^-65 + 2^-64: only the second word can tell.
        var fine = new TruncatedGeometric(1.0, 3 * Math.ScaleB(1, -66));
        Assert.True(Keep(fine, 0, 0xBFFF_FFFF_FFFF_FFFF));
        Assert.False(Keep(fine, 0, 0xC000_0000_0000_0000));
    }

    [Fact]
    public void No_subjects_are_never_kept_and_many_always()
    {
        var selection = new TruncatedGeometric(1_000_000_000, 1_000_000_000_000, 1);
        using var bits = new RandomBits(new ScriptedRandomSource());

        Assert.False(selection.Keep(0, bits));
        Assert.False(selection.Keep(-1, bits));
        Assert.False(selection.Keep(long.MinValue, bits));
        Assert.True(selection.Keep(selection.CertainFrom, bits));
        Assert.True(selection.Keep(long.MaxValue, bits));
        Assert.Equal(0, selection.Probability(-1));
    }

    [Fact]
    public void The_forecast_is_the_smallest_number_of_subjects()
    {
        var selection = new TruncatedGeometric(1_000_000_000, 1_000_000_000_000, 1);
        foreach (double probability in new[] { 1e-9, 1e-6, 0.01, 0.5, 0.9, 0.999999, 1 })
        {
            long n = selection.SubjectsFor(probability);
            Assert.True(selection.Probability(n) >= probability);
            Assert.True(n == 1 || selection.Probability(n - 1) < probability);
        }

        Assert.Equal(1, selection.SubjectsFor(1e-9));
        Assert.Equal(selection.CertainFrom, selection.SubjectsFor(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.0000001)]
    [InlineData(double.NaN)]
    public void Forecasts_out_of_range_are_refused(double probability) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new TruncatedGeometric(1_000_000_000, 1_000_000_000_000, 1).SubjectsFor(probability));

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1_000_000_000, 0, 1)]
    [InlineData(1_000_000_000, 1_000_000_000_000_000_001, 1)]
    [InlineData(1_000_000_000, 1_000_000_000, 0)]
    [InlineData(1, 1_000_000_000, 1)]
    [InlineData(1_000_000_000, 1, int.MaxValue)]
    public void Arguments_out_of_range_are_refused(long nanoEpsilon, long attoDelta, int maxGroups)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new TruncatedGeometric(nanoEpsilon, attoDelta, maxGroups));
        Assert.Contains(refused.ParamName, new[] { "nanoEpsilon", "attoDelta", "maxGroups" });
    }

    [Fact]
    public void Extreme_costs_work()
    {
        Assert.Equal(1, new TruncatedGeometric(1_000_000_000, 1_000_000_000_000_000_000, 1).CertainFrom);

        var large = new TruncatedGeometric(1_000_000_000_000_000, 1_000, 1);
        Assert.Equal(3, large.CertainFrom);
        Assert.Equal(1e-15, large.Probability(1), 1e-24);

        // With a negligible epsilon the sequence is a straight line of slope delta.
        var linear = new TruncatedGeometric(1, 10_000_000_000_000_000, 1);
        Assert.InRange(linear.CertainFrom, 100, 101);
        Assert.Equal(0.5, linear.Probability(50), 1e-6);
    }

    private static bool Keep(TruncatedGeometric selection, params ulong[] words)
    {
        using var bits = new RandomBits(new ScriptedRandomSource(words));
        return selection.Keep(1, bits);
    }
}
