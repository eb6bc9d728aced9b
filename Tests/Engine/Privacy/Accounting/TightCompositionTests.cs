using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Reading;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Privacy.Accounting;

public sealed class TightCompositionTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(3, 0.7)]
    [InlineData(8, 2)]
    public void Discrete_laplace_has_the_deltas_of_its_probabilities(long sensitivity, double epsilon)
    {
        var loss = PrivacyLossDistribution.OfDiscreteLaplace(sensitivity, epsilon, epsilon / 4_000);
        var q = Math.Exp(-epsilon / sensitivity);
        double P(long y) => (1 - q) / (1 + q) * Math.Pow(q, Math.Abs(y));
        foreach (var share in new[] { 0, 0.25, 0.5, 0.9 })
        {
            var e = share * epsilon;
            var exact = Enumerable.Range(-2_000, 4_000).Sum(y => Math.Max(0, P(y) - (Math.Exp(e) * P(y - sensitivity))));
            Assert.InRange(loss.Delta(e), exact * (1 - 1e-9), (exact * 1.002) + 1e-6);
        }

        Assert.Equal(0, loss.Delta(epsilon), 1e-12);
    }

    [Fact]
    public void It_lies_between_randomized_response_and_laplace_noise()
    {
        const double epsilon = 0.5;
        Assert.Equal(PrivacyLossDistribution.OfPure(epsilon).Delta(0.2), PrivacyLossDistribution.OfDiscreteLaplace(1, epsilon).Delta(0.2), 1e-9);
        Assert.Equal(PrivacyLossDistribution.OfLaplace(epsilon).Delta(0.2), PrivacyLossDistribution.OfDiscreteLaplace(1L << 40, epsilon).Delta(0.2), 1e-6);
        Assert.InRange(PrivacyLossDistribution.OfDiscreteLaplace(5, epsilon).Delta(0.2), PrivacyLossDistribution.OfLaplace(epsilon).Delta(0.2), PrivacyLossDistribution.OfPure(epsilon).Delta(0.2));
    }

    [Theory]
    [InlineData(0.03125, 1e-3)]
    [InlineData(0.5, 1e-6)]
    [InlineData(8, 1e-6)]
    public void A_rho_is_stated_between_the_gaussian_that_has_it_and_its_conversion(double rho, double delta)
    {
        var gaussian = PrivacyLossDistribution.OfGaussian(Math.Sqrt(2 * rho), 0.005).Epsilon(delta);
        var stated = PrivacyLossDistribution.OfZeroConcentrated(rho, 0.005).Epsilon(delta);
        Assert.InRange(stated, gaussian, (PrivacyConversions.ZeroConcentratedToEpsilon(rho, delta) * 1.001) + 0.005);
    }

    [Theory]
    [InlineData(0.1, 100)]
    [InlineData(0.25, 24)]
    [InlineData(1, 5)]
    public void Pure_costs_come_to_the_optimum_and_to_less_than_their_sum(double epsilon, int times)
    {
        var sum = new TightComposition();
        sum.Add(PrivacyCost.Pure(epsilon), times);
        var stated = sum.State(1e-5);
        var optimum = Composition.Optimal(epsilon, 0, times, 1e-5)!.Value;
        Assert.InRange(stated.ByDistributions!.Value, optimum - (2 * epsilon), optimum + (0.02 * times * epsilon));
        Assert.InRange(stated.ByRenyi, stated.ByDistributions.Value, times * epsilon);
        Assert.True(stated.Epsilon <= epsilon * times);
        Assert.Equal(1e-5, stated.Delta);
    }

    [Fact]
    public void One_number_with_laplace_noise_loses_less_than_any_mechanism_of_its_epsilon()
    {
        var (number, any) = (new TightComposition(), new TightComposition());
        number.AddDiscreteLaplace(20, PrivacyCost.Pure(0.5), 24);
        any.Add(PrivacyCost.Pure(0.5), 24);
        Assert.True(number.State().ByDistributions < any.State().ByDistributions - 0.5);
    }

    [Fact]
    public void Kinds_are_mixed_and_deltas_add_up()
    {
        var sum = new TightComposition();
        sum.Add(PrivacyCost.Approximate(0.3, 1e-7), 3);
        sum.Add(PrivacyCost.ZeroConcentrated(0.02, 1e-8));
        sum.AddDiscreteLaplace(4, PrivacyCost.Pure(0.2), 2);
        var stated = sum.State();
        Assert.Equal(3.1e-7 + 1e-6, stated.Delta, 1e-12);
        Assert.InRange(stated.Epsilon, 0.5, 0.9 + 0.4 + PrivacyConversions.ZeroConcentratedToEpsilon(0.02, 1e-6));
        Assert.Equal(Math.Min(stated.ByDistributions!.Value, stated.ByRenyi), stated.Epsilon);
    }

    [Fact]
    public void Nothing_tiny_and_huge_costs_are_stated_without_failing()
    {
        Assert.Equal((0.0, 0.0), (new TightComposition().State().Epsilon, new TightComposition().State().ByRenyi));
        var tiny = new TightComposition();
        tiny.Add(PrivacyCost.FromUnits(PrivacyMeasure.Pure, 5));
        Assert.InRange(tiny.State().Epsilon, 0, 2e-6);
        foreach (var cost in new[] { PrivacyCost.FromUnits(PrivacyMeasure.Pure, long.MaxValue), PrivacyCost.FromUnits(PrivacyMeasure.ZeroConcentrated, long.MaxValue), PrivacyCost.Pure(5_000) })
        {
            var huge = new TightComposition();
            huge.Add(cost);
            Assert.Null(huge.State().ByDistributions);
            Assert.True(huge.State().ByRenyi >= 4_999);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => tiny.State(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => tiny.State(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => tiny.Add(PrivacyCost.Pure(1), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => tiny.AddDiscreteLaplace(1, PrivacyCost.ZeroConcentrated(1)));
    }

    [Theory]
    [InlineData(PrivacyMeasure.Pure)]
    [InlineData(PrivacyMeasure.Approximate)]
    [InlineData(PrivacyMeasure.ZeroConcentrated)]
    public void Recorded_charges_bound_every_choice_of_w_windows(PrivacyMeasure measure)
    {
        for (var seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            var charges = new List<BudgetCharged>();
            for (var i = 0; i < 9; i++)
            {
                var window = new TimeWindow(random.Next(4) * 10, 100);
                charges.Add(new BudgetCharged($"a|{i}", 0, window, "g", 2, new Units(random.Next(1, 9) * 50_000_000L, measure == PrivacyMeasure.Pure ? 0 : random.Next(3) * 100_000_000_000L), 0));
            }

            var recorded = new RecordedLosses();
            charges.ForEach(recorded.Add);
            var stated = recorded.State(measure);
            var windows = charges.Select(charge => charge.Window).Distinct().ToList();
            foreach (var (one, other) in windows.SelectMany(one => windows.Select(other => (one, other))))
            {
                var chosen = new TightComposition();
                charges.Where(charge => charge.Window == one || charge.Window == other).ToList().ForEach(charge => chosen.Add(charge.Cost.ToCost(measure)));
                var found = chosen.State();
                Assert.True(found.Delta <= stated.Delta + 1e-15);
                Assert.InRange(found.ByRenyi, 0, stated.ByRenyi + 1e-9);
                Assert.InRange(found.ByDistributions!.Value, 0, stated.ByDistributions!.Value * 1.001);
            }
        }
    }
}
