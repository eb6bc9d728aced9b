using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.KeySelection;

public class NoisyThresholdTests
{
    private const int Trials = 400_000;

    [Fact]
    public void The_threshold_is_that_of_the_discrete_tail()
    {
        // The continuous threshold at epsilon ln 3 and delta 1e-10 is 21.33; the discrete tail q^k / (1 + q) asks for 22.
        Assert.Equal(22, NoisyThreshold.Laplace((long)(Math.Log(3) * 1e9), 100_000_000, 1).Threshold);

        // At scale 1 and T = 4 a lone subject is kept with 3.64%: that is no threshold for a delta of 1.34%.
        var selection = NoisyThreshold.Laplace(1_000_000_000, 10_000_000_000_000_000, 1);
        Assert.True(selection.Threshold > 4);
        Assert.True(selection.ProbabilityBelow(1) <= 0.01);
        Assert.Equal(0.0364, Math.Exp(-3) / (1 + Math.Exp(-1)), 4);
    }

    [Theory]
    [InlineData(true, 1_000_000_000, 1)]
    [InlineData(true, 3_000_000_000, 5)]
    [InlineData(false, 500_000_000, 1)]
    [InlineData(false, 20_000_000, 3)]
    [InlineData(false, 8_000_000_000, 1)]
    public void A_lone_subject_is_kept_with_at_most_its_share_of_delta(bool isLaplace, long units, int groups)
    {
        const long Delta = 10_000_000_000_000_000;
        var selection = isLaplace ? NoisyThreshold.Laplace(units, Delta, groups) : NoisyThreshold.Gaussian(units, Delta, groups);
        using var bits = new RandomBits(new SeededRandomSource(5));
        double share = 0.01 / groups;
        double error = 5 * Math.Sqrt(share / Trials);

        double kept = Frequency(selection, 1, bits);
        Assert.InRange(kept, 0, share + error);
        Assert.InRange(kept, 0, selection.ProbabilityBelow(1) + error);

        // A threshold lower by two would be found out, and half of the keys at the threshold are kept.
        Assert.True(Frequency(selection, 3, bits) > share + error);
        Assert.InRange(Frequency(selection, selection.SubjectsFor(0.5), bits), 0.5, 1);
        Assert.InRange(Frequency(selection, selection.SubjectsFor(0.999), bits), 0.998, 1);
        Assert.Equal(0, Frequency(selection, 0, bits));
    }

    [Fact]
    public void A_gaussian_threshold_asks_for_fewer_subjects_where_a_subject_is_in_many_keys()
    {
        const long Delta = 1_000_000_000_000;

        // rho 1/2 is what epsilon 1 is charged as.
        Assert.True(NoisyThreshold.Gaussian(500_000_000, Delta, 64).Threshold < new TruncatedGeometric(1_000_000_000, Delta, 64).SubjectsFor(0.5));
        Assert.True(NoisyThreshold.Gaussian(500_000_000, Delta, 1).Threshold < 9);
    }

    [Fact]
    public void A_pre_threshold_moves_the_numbers()
    {
        var bound = NoiseQueries.Of(groups: 2);
        var errors = new PlanErrors();
        var plain = new SelectKeys(1, 1e-6).Plan(bound, errors)!;
        var raised = new SelectKeys(1, 1e-6) { PreThreshold = 50 }.Plan(bound, errors)!;
        var keep = new bool[3];

        Assert.False(errors.Any);
        Assert.Equal(plain.SubjectsFor(0.5) + 49, raised.SubjectsFor(0.5));
        Assert.Equal("truncated-geometric(epsilon=1, delta=1E-06)", plain.Description);
        Assert.Equal("truncated-geometric(epsilon=1, delta=1E-06, pre-threshold=50)", raised.Description);
        raised.Select([49, 1_000_000, 0], keep, new SeededRandomSource(1));
        Assert.Equal([false, true, false], keep);
    }

    [Fact]
    public void Nodes_out_of_range_are_refused()
    {
        foreach (var node in new[]
        {
            SelectKeys.ByGaussianThreshold(0, 1e-6), SelectKeys.ByGaussianThreshold(double.NaN, 1e-6), SelectKeys.ByGaussianThreshold(1, 0.5),
            SelectKeys.ByLaplaceThreshold(double.PositiveInfinity, 1e-6), SelectKeys.ByLaplaceThreshold(1, double.Epsilon), SelectKeys.ByLaplaceThreshold(1, 1e-6, 0),
        })
        {
            var errors = new PlanErrors();
            Assert.Null(node.Plan(NoiseQueries.Of(groups: 1), errors));
            Assert.Single(errors.All);
        }
    }

    private static double Frequency(NoisyThreshold selection, long subjects, RandomBits bits)
    {
        int kept = 0;
        for (int i = 0; i < Trials; i++)
        {
            kept += selection.Keep(subjects, bits) ? 1 : 0;
        }

        return (double)kept / Trials;
    }
}
