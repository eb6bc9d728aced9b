using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class ChargeTests
{
    [Fact]
    public async Task A_budget_is_spent_to_the_last_nano_epsilon_and_renews_with_the_period()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(PrivacyCost.Pure(1.0).Loss));
        for (var i = 0; i < 10; i++)
        {
            var release = await ledger.ReleasedAsync(Request(i, PrivacyCost.Pure(0.1).Loss, maxWindows: 24));
            Assert.Equal(1_000_000_000 - (i + 1) * 100_000_000L, release.Receipt.LeftInPeriod.Loss);
        }

        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(10, 1, maxWindows: 24));
        await ledger.ReleasedAsync(Request(24, 1, maxWindows: 24));
        var history = await ledger.Store.TransactAsync(tx => ledger.Ledger.HistoryAsync(tx, Account));
        Assert.Equal([(Day, 1_000_000_000L, 10), (Day + 24 * Hour, 1L, 1)], history.Select(s => (s.PeriodStartMs, s.Spent.Loss, s.Releases)));
    }

    [Fact]
    public async Task A_window_beyond_the_W_dearest_is_free_even_when_the_budget_is_spent()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(1000));
        await ledger.ReleasedAsync(Request(0, 600, maxWindows: 2));
        await ledger.ReleasedAsync(Request(1, 400, maxWindows: 2));
        var free = await ledger.ReleasedAsync(Request(2, 400, maxWindows: 2));
        Assert.True(free.Receipt.Charged.IsZero);
        Assert.Equal(400, free.Receipt.Cost.Loss);
        Assert.Equal(0, free.Receipt.LeftInPeriod.Loss);
        var refusal = await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(3, 401, maxWindows: 2));
        Assert.Contains("epsilon 0.000000001 was asked", refusal.Message);
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(2, 1, maxWindows: 2, query: "second on the same window"));
    }

    [Fact]
    public async Task Epsilon_and_delta_are_each_bounded_by_their_own_dearest_windows()
    {
        var policy = Policy() with { Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.FromUnits(PrivacyMeasure.Approximate, 100, 50) };
        var ledger = await new LedgerFixture().OpenedAsync(policy);
        ReleaseRequest Ask(int hour, long loss, long delta) => Request(hour, 1) with { Cost = PrivacyCost.FromUnits(PrivacyMeasure.Approximate, loss, delta) };
        await ledger.ReleasedAsync(Ask(0, 100, 0));
        var second = await ledger.ReleasedAsync(Ask(1, 90, 50));
        Assert.Equal((100L, 50L), (second.Receipt.SpentInPeriod.Loss, second.Receipt.SpentInPeriod.AttoDelta));
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Ask(2, 1, 51));
        await ledger.ReleasedAsync(Request(2, 100));
    }

    [Fact]
    public async Task The_charge_equals_the_oracle_and_never_exceeds_the_budget()
    {
        for (var seed = 1; seed <= 12; seed++)
        {
            var random = new Random(seed);
            var budget = random.Next(50, 400);
            var ledger = await new LedgerFixture().OpenedAsync(Policy(budget));
            var accepted = new List<ReleaseRequest>();
            for (var i = 0; i < 120; i++)
            {
                var group = random.Next(3);
                var request = Request(random.Next(12), random.Next(1, 40), group + 1, $"q{i}", $"g{group}");
                var fits = Oracle([.. accepted, request]) <= budget;
                var outcome = await ledger.ReleaseAsync(request);
                Assert.True(fits == outcome.Refusal is null, $"seed {seed}, step {i}: {outcome.Refusal?.Message}");
                if (fits)
                {
                    accepted.Add(request);
                    Assert.Equal(Oracle(accepted), outcome.Release!.Receipt.SpentInPeriod.Loss);
                }
            }

            Assert.Equal(Oracle(accepted), await ledger.SpentAsync());
            var fresh = new LedgerFixture(ledger.Store);
            Assert.Equal(Oracle(accepted), await fresh.SpentAsync());
        }
    }

    [Fact]
    public void The_sum_of_the_W_largest_is_kept_up_as_costs_grow()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var width = random.Next(1, 6);
            var costs = new long[10];
            var top = TopSum.Empty(width);
            for (var step = 0; step < 200; step++)
            {
                var i = random.Next(costs.Length);
                var to = costs[i] + random.Next(4);
                top = top.Raise(new TimeWindow(i, i + 1), costs[i], to);
                costs[i] = to;
                Assert.True(costs.OrderDescending().Take(width).Sum() == top.Sum, $"seed {seed}, step {step}");
            }
        }
    }

    private static long Oracle(IReadOnlyList<ReleaseRequest> requests) => requests
        .GroupBy(request => (request.CompositionGroup, request.MaxWindows))
        .Sum(group => group
            .GroupBy(request => request.Id.Window)
            .Select(window => window.Sum(request => request.Cost.Loss))
            .OrderDescending()
            .Take(group.Key.MaxWindows)
            .Sum());
}
