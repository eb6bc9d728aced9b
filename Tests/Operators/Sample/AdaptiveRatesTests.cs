using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Operators.Sample;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Sample;

/// <summary>From released values to weights: windows of a minute, the first one ends at minute 1.</summary>
public sealed class AdaptiveRatesTests
{
    private const long Minute = 60_000;

    private static readonly RatePolicy Policy = new()
    {
        Target = 100,
        Largest = 50,
        Initial = 50,
        Smoothing = 0.5,
        WindowMs = Minute,
        LatenessMs = 0,
        SkewMs = 0,
        LeadMs = 10_000,
        LongestMs = Minute,
    };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.07, 14)]
    [InlineData(0.01, 100)]
    [InlineData(1e-3, 1000)]
    [InlineData(1e-6, 1_000_000)]
    public void The_weight_of_a_rate_is_its_inverse_rounded_down(double rate, long weight) => Assert.Equal(weight, RatePolicy.WeightOf(rate));

    [Theory]
    [InlineData(-40, 1)]
    [InlineData(0, 1)]
    [InlineData(100, 1)]
    [InlineData(100.1, 2)]
    [InlineData(200, 2)]
    [InlineData(4_999, 50)]
    [InlineData(1e300, 50)]
    public void A_weight_is_the_smallest_that_keeps_the_target_within_one_and_the_floor(double estimate, long weight) => Assert.Equal(weight, Policy.Weight(estimate));

    [Theory]
    [InlineData(0, 0, 10, 2)]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, 0, 60, 2)]
    [InlineData(0, 0, 61, 3)]
    [InlineData(600, 300, 10, 17)]
    [InlineData(600, 300, 0, 16)]
    public void A_release_decides_from_the_first_window_on_that_no_row_reaches_before_it_fires(int lateness, int skew, int lead, int validFromMinute)
    {
        var policy = Policy with { LatenessMs = lateness * 1000, SkewMs = skew * 1000, LeadMs = lead * 1000 };
        Assert.Equal(validFromMinute * Minute, policy.ValidFrom(Minute));
        Assert.Equal(validFromMinute, policy.Lag);
        Assert.Equal(Minute, policy.ValidFrom(2 * Minute) - policy.ValidFrom(Minute));
    }

    [Fact]
    public void A_key_has_the_initial_weight_until_a_release_of_it_decides()
    {
        var rates = Follow(Begin, (1, [("a", 1000), ("b", 30)]));
        Assert.Equal((50, 50), (At(rates, "a", 1.9), At(rates, "b", 1.9)));
        Assert.Equal((10, 1), (At(rates, "a", 2), At(rates, "b", 2)));
        Assert.Equal(50, At(rates, "c", 2));
        Assert.Equal(50, At(rates, string.Empty, 2));
    }

    [Fact]
    public void Estimates_are_smoothed_and_rows_keep_the_weight_of_their_time()
    {
        var rates = Follow(Begin, (1, [("a", 1000)]), (2, [("a", 2000)]));
        Assert.Equal(1500, rates.Estimate("a"));
        Assert.Equal((50, 10, 15, 15), (At(rates, "a", 1), At(rates, "a", 2.5), At(rates, "a", 3), At(rates, "a", 400)));
        Assert.Equal((15, 18), (At(Follow(rates, (3, [("a", 2000)])), "a", 3.5), At(Follow(rates, (3, [("a", 2000)])), "a", 4)));
    }

    // Noise around zero stays around zero: cut off at 0, a quiet key would seem to have half the noise as traffic.
    [Fact]
    public void Negative_values_count_as_such()
    {
        var rates = Follow(Begin, (1, [("a", 400)]), (2, [("a", -400)]));
        Assert.Equal(0, rates.Estimate("a"));
        Assert.Equal(1, At(rates, "a", 3));
    }

    [Fact]
    public void A_window_that_is_released_after_a_later_one_decides_nothing()
    {
        var rates = Follow(Begin, (5, [("a", 1000)]));
        Assert.Same(rates, rates.Next(Release(4, [("a", 9)])));
        Assert.Same(rates, rates.Next(Release(5, [("a", 9)])));
    }

    [Fact]
    public void A_key_that_is_no_longer_selected_fades_and_is_forgotten()
    {
        var rates = Follow(Begin, (1, [("a", 1000), ("b", 10)]));
        for (var minute = 2; minute <= 16; minute++)
        {
            rates = Follow(rates, (minute, [("b", 10)]));
        }

        Assert.Null(rates.Estimate("a"));
        Assert.Equal((50, 1), (At(rates, "a", 18), At(rates, "b", 18)));
    }

    // What no row needs any more goes, however long a pipeline runs; the oldest that is left holds for all time before it.
    [Fact]
    public void State_does_not_grow_with_time()
    {
        var rates = Follow(Begin, (1, [("a", 1000)]));
        for (var minute = 2; minute < 500; minute++)
        {
            rates = Follow(rates, (minute, [("a", 1000 * (1 + (minute % 3)))]));
        }

        Assert.InRange(Written(rates).Length, 50, 150);
        Assert.Equal(At(rates, "a", 498), At(rates, "a", 0));
    }

    [Fact]
    public void What_was_written_is_taken_up_to_the_last_weight()
    {
        var rates = Follow(Begin, (1, [("a", 1000), ("b", -3), (string.Empty, 700)]), (2, [("a", 777), ("ü", 12_000)]));
        var reader = new SnapshotReader(Written(rates));
        var restored = (AdaptiveRates)new RateFollower(Policy).Restore(reader);
        Assert.True(reader.IsAtEnd);
        Assert.Equal(Written(rates), Written(restored));
        foreach (var key in new[] { "a", "b", "ü", string.Empty, "x" })
        {
            Assert.Equal(rates.Estimate(key), restored.Estimate(key));
            Assert.All(Enumerable.Range(0, 12), half => Assert.Equal(At(rates, key, half / 2.0), At(restored, key, half / 2.0)));
        }

        Assert.Equal(Written(Follow(rates, (3, [("a", 5)]))), Written(Follow(restored, (3, [("a", 5)]))));
    }

    [Fact]
    public void Weights_beyond_the_floor_are_refused_as_damaged()
    {
        var state = Written(Follow(Begin, (1, [("a", 2000)])));
        Assert.Throws<SnapshotException>(() => new RateFollower(Policy with { Largest = 10 }).Restore(new SnapshotReader(state)));
        Assert.Throws<SnapshotException>(() => new RateFollower(Policy).Restore(new SnapshotReader(state.AsMemory(0, state.Length - 3))));
    }

    // From 100 to 50,000 rows a minute: for the lag all rows are kept, then the estimate is short by half, a quarter, ... of the step.
    [Fact]
    public void After_a_step_of_the_load_the_target_is_kept_within_lag_and_four_windows()
    {
        var policy = Policy with { Largest = 1000 };
        var rates = new Run(new RateFollower(policy));
        for (var window = 0; window < 20; window++)
        {
            rates.Release(window, window < 10 ? 100 : 50_000);
        }

        Assert.Equal(2, policy.Lag);
        Assert.All(Enumerable.Range(10, 2), window => Assert.Equal(1, rates.Weight(window)));
        Assert.InRange(50_000.0 / rates.Weight(12), 100, 201);
        Assert.InRange(50_000.0 / rates.Weight(15), 100, 107);
        Assert.InRange(50_000.0 / rates.Weight(19), 100, 101);
    }

    private static AdaptiveRates Begin => (AdaptiveRates)new RateFollower(Policy).Begin();

    private static AdaptiveRates Follow(AdaptiveRates rates, params (int EndMinute, (string Key, double Value)[] Groups)[] releases) =>
        releases.Aggregate(rates, (next, release) => (AdaptiveRates)next.Next(Release(release.EndMinute, release.Groups)));

    private static long At(AdaptiveRates rates, string key, double minute) => rates.Weight(System.Text.Encoding.UTF8.GetBytes(key), (long)(minute * Minute));

    private static byte[] Written(AdaptiveRates rates)
    {
        var writer = new SnapshotWriter();
        rates.Write(writer);
        return writer.Written.ToArray();
    }

    private static Release Release(int endMinute, (string Key, double Value)[] groups) => new()
    {
        Id = new ReleaseId("a", "p", "q", "h", new TimeWindow((endMinute - 1) * Minute, endMinute * Minute)),
        Aggregate = "count",
        Mechanism = "none",
        GroupBy = ["page"],
        Groups = [.. groups.Select(group => new ReleasedGroup([group.Key], (decimal)group.Value, 0, 0))],
        Confidence = 0.95,
        Receipt = new Receipt
        {
            PeriodStartMs = 0,
            CompositionGroup = "g",
            MaxWindows = 1,
            Cost = PrivacyCost.Pure(1),
            Charged = PrivacyCost.Pure(1),
            SpentInPeriod = PrivacyCost.Pure(1),
            LeftInPeriod = PrivacyCost.Pure(1),
            LedgerVersion = 1,
            StoredAtMs = 0,
        },
    };

    /// <summary>Rates over windows of one key.</summary>
    private sealed class Run(RateFollower follower)
    {
        private AdaptiveRates _rates = (AdaptiveRates)follower.Begin();

        private readonly Dictionary<int, long> _weights = [];

        public void Release(int window, double value)
        {
            _weights[window] = At(_rates, "a", window);
            _rates = Follow(_rates, (window + 1, [("a", value)]));
        }

        public long Weight(int window) => _weights[window];
    }
}
