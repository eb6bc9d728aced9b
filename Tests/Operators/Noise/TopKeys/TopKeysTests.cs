using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Noise.TopKeys;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise.TopKeys;

public sealed class TopKeysTests
{
    private const int Samples = 120_000;

    // A rate of half a nat a unit, as epsilon 0.5 a pick at sensitivity 1 has it.
    private static ExactChoice Choice(bool flips, double epsilon = 0.5, long sensitivity = 1) =>
        new((ulong)(epsilon * 1e9), (UInt128)1_000_000_000 * (UInt128)sensitivity, flips);

    public static TheoryData<bool, long[], int> Cases => new()
    {
        { true, [3, 0, 2, 3], 1 },
        { false, [3, 0, 2, 3], 1 },
        { true, [5, 4, -3, 1], 2 },
        { false, [5, 4, -3, 1], 2 },
        { true, [0, 0, 7], 3 },
        { false, [1, 1, 1, 1, 6], 2 },
        { true, [long.MinValue, long.MaxValue, long.MaxValue - 3], 2 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Choices_have_the_law_of_the_definition_and_no_other(bool flips, long[] values, int picks)
    {
        var law = TopKeysLaw.Of(values, picks, 0.5, flips);
        string[] outcomes = [.. law.Keys.Order(StringComparer.Ordinal)];
        var counts = TopKeysLaw.Draw(Choice(flips), values, picks, outcomes, Samples, 5);
        Assert.True(ChiSquare.Accepts(counts, Expected(law)));
        foreach (var other in new[] { 0.5 * 1.3, 0.5 / 1.3 })
        {
            Assert.False(ChiSquare.Accepts(counts, Expected(TopKeysLaw.Of(values, picks, other, flips))));
        }

        double[] Expected(Dictionary<string, double> of) => [.. outcomes.Select(outcome => of[outcome] * Samples)];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_two_mechanisms_are_told_apart(bool flips)
    {
        long[] values = [3, 0, 2, 3];
        var other = TopKeysLaw.Of(values, 1, 0.5, !flips);
        string[] outcomes = [.. other.Keys.Order(StringComparer.Ordinal)];
        Assert.False(ChiSquare.Accepts(TopKeysLaw.Draw(Choice(flips), values, 1, outcomes, Samples, 6), [.. outcomes.Select(outcome => other[outcome] * Samples)]));
    }

    // All values of a small domain and all neighbours of them, by the exact law: the loss never exceeds what is charged, and comes close.
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void No_neighbours_lose_more_than_epsilon_and_rho(bool flips, bool isOneSided)
    {
        const double epsilon = 0.7;
        const int picks = 2;
        var rate = epsilon / (isOneSided ? 1 : 2);
        var (worst, worstRho) = (0.0, 0.0);
        foreach (var values in Vectors(3, 0, 3))
        {
            var law = TopKeysLaw.Of(values, picks, rate, flips);
            foreach (var change in Vectors(3, isOneSided ? 0 : -1, 1))
            {
                var other = TopKeysLaw.Of([.. values.Zip(change, (value, by) => value + by)], picks, rate, flips);
                worst = Math.Max(worst, law.Max(pair => Math.Abs(Math.Log(pair.Value / other[pair.Key]))));
                foreach (var order in new[] { 1.01, 2, 8, 64 })
                {
                    worstRho = Math.Max(worstRho, Math.Log(law.Sum(pair => Math.Pow(pair.Value, order) * Math.Pow(other[pair.Key], 1 - order))) / (order - 1) / order);
                }
            }
        }

        Assert.InRange(worst, 0.6 * picks * epsilon, (picks * epsilon) + 1e-9);
        if (!flips)
        {
            Assert.InRange(worstRho, 0, (picks * epsilon * epsilon / 8) + 1e-9);
        }
    }

    [Theory]
    [InlineData(true, 40, true)]
    [InlineData(false, 40, true)]
    [InlineData(true, 34, false)]
    [InlineData(false, 34, false)]
    public void Neighbours_stay_within_epsilon_and_a_sensitivity_understated_by_17_5_percent_is_found(bool flips, long stated, bool isPrivate)
    {
        // A subject adds 40 to a key that lies 120 below the largest.
        const int samples = 1_000_000;
        const double epsilon = 1;
        var choice = Choice(flips, epsilon, stated);
        var before = (double)TopKeysLaw.Draw(choice, [120, 0], 1, ["0", "1"], samples, 11)[1] / samples;
        var after = (double)TopKeysLaw.Draw(choice, [120, 40], 1, ["0", "1"], samples, 12)[1] / samples;
        var bound = Math.Exp(epsilon);
        var excess = (after - (bound * before)) / Math.Sqrt(((after * (1 - after)) + (bound * bound * before * (1 - before))) / samples);
        Assert.True(isPrivate ? excess <= 6 : excess > 6, $"{excess}");
    }

    [Fact]
    public void Odds_of_far_and_of_fractional_exponents_are_exact()
    {
        foreach (var (numerator, denominator, gap) in new[] { (1ul, (UInt128)3, 1ul), (7ul, (UInt128)3, 1ul), (1ul, (UInt128)1, 4ul), (999_999_937ul, ((UInt128)1 << 70) + 9, 1ul << 40) })
        {
            using var bits = new RandomBits(new SeededRandomSource(gap + 1));
            var choice = new ExactChoice(numerator, denominator, true);
            var taken = 0L;
            for (var i = 0; i < Samples; i++)
            {
                taken += choice.IsTaken(gap, bits) ? 1 : 0;
            }

            var odds = Math.Exp(-(double)gap * numerator / (double)denominator);
            Assert.True(ChiSquare.Accepts([taken, Samples - taken], [odds * Samples, (1 - odds) * Samples]));
        }
    }

    [Theory]
    [InlineData(5, 500_000_000, PrivacyMeasure.Pure, 100_000_000)]
    [InlineData(3, 100_000_000, PrivacyMeasure.Pure, 33_333_333)]
    [InlineData(2, 10_000_000, PrivacyMeasure.ZeroConcentrated, 200_000_000)]
    [InlineData(7, 10_000_001, PrivacyMeasure.ZeroConcentrated, 106_904_502)]
    [InlineData(1000, 1, PrivacyMeasure.ZeroConcentrated, 2828)]
    public void Picks_together_cost_no_more_than_is_charged(int top, long loss, PrivacyMeasure measure, long pick)
    {
        var request = new TopKeysRequest(top, 2000, 1, true, PrivacyCost.FromUnits(measure, loss));
        Assert.Equal(pick, request.NanoEpsilonOfAPick);
        Assert.True(measure == PrivacyMeasure.Pure ? pick * top <= loss : (UInt128)pick * (UInt128)pick * (UInt128)top <= (UInt128)8 * 1_000_000_000 * (UInt128)loss);
    }

    private static IEnumerable<long[]> Vectors(int length, long from, long to) => length == 0
        ? [[]]
        : Vectors(length - 1, from, to).SelectMany(rest => Enumerable.Range(0, (int)(to - from) + 1).Select(i => (long[])[from + i, .. rest]));
}
