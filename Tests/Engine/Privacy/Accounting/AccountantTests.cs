using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Privacy.Accounting;

public class AccountantTests
{
    [Fact]
    public void The_renyi_accountant_meets_published_values()
    {
        var accountant = new RenyiAccountant([.. Enumerable.Range(2, 31).Select(order => (double)order)]);
        accountant.Add(RenyiCurve.OfPure(1.1));

        // A pure epsilon of 1.1 has nearly that loss at order 32; as epsilon it is 1.1 itself.
        Assert.Equal(1.1, accountant.Epsilon(1e-5), 1e-12);

        var gaussian = new RenyiAccountant();
        gaussian.Add(RenyiCurve.OfZeroConcentrated(1.0 / 64), 2);
        Assert.Equal(0.6880024554878085, gaussian.Epsilon(1e-3), 1e-4);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(5)]
    public void Curves_match_their_definition(double epsilon)
    {
        // Laplace: the integral of p^a q^(1 - a) by the midpoint rule; randomized response: the sum over its two outputs.
        foreach (double order in new[] { 1.5, 2, 10 })
        {
            double scale = 1 / epsilon;
            double sum = 0;
            const int Steps = 400_000;
            double width = 80 * scale / Steps;
            for (int i = 0; i < Steps; i++)
            {
                double x = (-40 * scale) + ((i + 0.5) * width);
                sum += Math.Exp(((-order * Math.Abs(x)) - ((1 - order) * Math.Abs(x - 1))) / scale) / (2 * scale) * width;
            }

            double yes = 1 / (1 + Math.Exp(-epsilon));
            double response = (Math.Pow(yes, order) * Math.Pow(1 - yes, 1 - order)) + (Math.Pow(1 - yes, order) * Math.Pow(yes, 1 - order));
            Assert.Equal(Math.Log(sum) / (order - 1), RenyiCurve.OfLaplace(epsilon).At(order), 1e-5);
            Assert.Equal(Math.Log(response) / (order - 1), RenyiCurve.OfPure(epsilon).At(order), 1e-9);
            Assert.True(RenyiCurve.OfLaplace(epsilon).At(order) <= RenyiCurve.OfPure(epsilon).At(order) + 1e-12);
            Assert.True(RenyiCurve.OfPure(epsilon).At(order) <= order * epsilon * epsilon / 2);
        }
    }

    [Fact]
    public void A_filter_spends_to_the_last_unit_and_stays_exhausted()
    {
        var filter = new PrivacyFilter(PrivacyCost.Pure(1));
        for (int i = 0; i < 10; i++)
        {
            Assert.True(filter.TrySpend(PrivacyCost.Pure(0.1)));
        }

        Assert.True(filter.IsExhausted);
        Assert.False(filter.TrySpend(PrivacyCost.FromUnits(PrivacyMeasure.Pure, 1)));
        Assert.Equal(PrivacyCost.Pure(1), filter.Spent);
        Assert.Throws<ArgumentException>(() => filter.TrySpend(PrivacyCost.Zero(PrivacyMeasure.Pure)));
        Assert.Throws<ArgumentException>(() => filter.TrySpend(PrivacyCost.ZeroConcentrated(1)));
    }

    [Fact]
    public void A_filter_neither_overflows_nor_spends_what_does_not_fit()
    {
        var filter = new PrivacyFilter(PrivacyCost.FromUnits(PrivacyMeasure.Approximate, long.MaxValue, 10));
        Assert.True(filter.TrySpend(PrivacyCost.FromUnits(PrivacyMeasure.Approximate, long.MaxValue - 1, 4)));
        Assert.False(filter.TrySpend(PrivacyCost.FromUnits(PrivacyMeasure.Approximate, 2)));
        Assert.False(filter.TrySpend(PrivacyCost.FromUnits(PrivacyMeasure.Approximate, 1, 7)));
        Assert.True(filter.TrySpend(PrivacyCost.FromUnits(PrivacyMeasure.Approximate, 1, 6)));
    }

    [Fact]
    public void Many_small_epsilons_fit_by_advanced_composition()
    {
        var filter = PrivacyFilter.OfMany(1, 1e-6);
        int count = 0;
        while (filter.TrySpend(PrivacyCost.Pure(0.01)))
        {
            count++;
        }

        // Basic composition allows 100, the textbook's advanced composition about 350.
        Assert.InRange(count, 400, 1000);
        Assert.True(PrivacyConversions.EpsilonOf(filter.Spent, 1e-6) <= 1);
        Assert.True(Composition.Optimal(0.01, 0, count, 1e-6) <= 1);
    }

    [Fact]
    public void An_odometer_states_what_was_spent()
    {
        var odometer = new PrivacyOdometer(PrivacyMeasure.ZeroConcentrated);
        odometer.Add(PrivacyCost.Pure(0.25));
        odometer.Add(PrivacyCost.Approximate(0.25, 1e-7));

        Assert.Equal(PrivacyCost.ZeroConcentrated(0.0625, 1e-7), odometer.Spent);
        Assert.Equal(2, odometer.Count);
        Assert.Equal(PrivacyConversions.ZeroConcentratedToEpsilon(0.0625, 1e-6), odometer.Epsilon(1e-6));
        Assert.Throws<ArgumentException>(() => new PrivacyOdometer(PrivacyMeasure.Pure).Add(PrivacyCost.Approximate(1, 1e-6)));
    }

    [Fact]
    public void Groups_are_charged_their_largest_windows_and_disjoint_parts_their_largest()
    {
        PrivacyCost[] costs = [PrivacyCost.Approximate(1, 1e-9), PrivacyCost.Approximate(0.5, 1e-6), PrivacyCost.Approximate(2, 0)];

        Assert.Equal(PrivacyCost.Approximate(3, 1.001e-6), Composition.Group(costs, 2));
        Assert.Equal(PrivacyCost.Approximate(3.5, 1.001e-6), Composition.Group(costs, 9));
        Assert.Equal(PrivacyCost.Approximate(2, 1e-6), Composition.Parallel(costs, new DisjointSubjects(["a", "b", "c"], "separate keys")));
        Assert.Throws<ArgumentException>(() => Composition.Parallel(costs, new DisjointSubjects(["a", "b"], "separate keys")));
        Assert.Throws<ArgumentException>(() => new DisjointSubjects(["a", "a"], "separate keys"));
        Assert.Throws<ArgumentException>(() => Composition.Group([PrivacyCost.Pure(1), PrivacyCost.ZeroConcentrated(1)], 1));
    }

    [Fact]
    public void One_use_composes_to_itself_and_deltas_that_exceed_the_total_to_nothing()
    {
        Assert.Equal(0.7, Composition.Optimal(0.7, 0, 1, 1e-9)!.Value, 1e-9);
        Assert.Null(Composition.Optimal(0.7, 1e-5, 10, 1e-5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Composition.Optimal(double.NaN, 0, 1, 1e-9));
        Assert.Throws<ArgumentOutOfRangeException>(() => Composition.Optimal(1, 0, 0, 1e-9));
    }
}
