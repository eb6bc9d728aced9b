using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class RefusalTests
{
    [Fact]
    public async Task Malformed_requests()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        var good = Request(0, 1);
        ReleaseRequest[] bad =
        [
            good with { Id = good.Id with { Account = "a|b" } },
            good with { Id = good.Id with { Account = "a//b" } },
            good with { Id = good.Id with { Account = "/a" } },
            good with { Id = good.Id with { Account = new string('a', 257) } },
            good with { Id = good.Id with { Pipeline = "" } },
            good with { Id = good.Id with { Query = "a|b" } },
            good with { Id = good.Id with { Query = "line\n" } },
            good with { Id = good.Id with { Query = "half \uD83D" } },
            good with { Id = good.Id with { PlanHash = "0123" } },
            good with { Id = good.Id with { Window = new TimeWindow(Day, Day) } },
            good with { Id = good.Id with { Window = new TimeWindow(long.MinValue, long.MaxValue) } },
            good with { CompositionGroup = new string('g', 129) },
            good with { MaxWindows = 0 },
            good with { Cost = default },
        ];
        foreach (var request in bad)
        {
            await ledger.RefusedAsync(RefusalCode.MalformedRequest, request);
        }

        Assert.Single(await ledger.EventsAsync());
    }

    [Fact]
    public async Task Malformed_policies()
    {
        var ledger = new LedgerFixture();
        AccountPolicy[] bad =
        [
            Policy() with { Account = "" },
            Policy() with { BudgetPerPeriod = Pure(0) },
            Policy() with { Measure = PrivacyMeasure.Approximate },
            Policy() with { Measure = (PrivacyMeasure)9 },
            Policy() with { Period = TimeSpan.FromSeconds(59) },
            Policy() with { Period = TimeSpan.FromDays(367) },
            Policy() with { Period = TimeSpan.FromHours(1) + TimeSpan.FromTicks(1) },
        ];
        foreach (var policy in bad)
        {
            Assert.Equal(RefusalCode.MalformedRequest, (await ledger.OpenAsync(policy))?.Code);
        }

        Assert.Null(await ledger.StatusAsync());
    }

    [Fact]
    public async Task An_account_that_is_not_open_is_unknown()
    {
        var refusal = await new LedgerFixture().RefusedAsync(RefusalCode.UnknownAccount, Request(0, 1));
        Assert.Contains(Account, refusal.Message);
        Assert.Contains("Open it", refusal.Message);
    }

    [Fact]
    public async Task A_policy_opens_once_and_stays()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        Assert.Null(await ledger.OpenAsync(Policy()));
        AccountPolicy[] others =
        [
            Policy(2),
            Policy() with { Period = TimeSpan.FromHours(1) },
            Policy() with { Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(1, 0) },
        ];
        foreach (var other in others)
        {
            Assert.Equal(RefusalCode.PolicyMismatch, (await ledger.OpenAsync(other))?.Code);
        }

        Assert.Single(await ledger.EventsAsync());
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(23, 25)]
    [InlineData(0, 25)]
    public async Task A_window_across_periods_is_refused(int fromHour, int toHour)
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        var good = Request(0, 1);
        var across = good with { Id = good.Id with { Window = new TimeWindow(Day + fromHour * Hour - 1, Day + toHour * Hour + 1) } };
        await ledger.RefusedAsync(RefusalCode.WindowOutsidePeriod, across);
        await ledger.ReleasedAsync(good with { Id = good.Id with { Window = new TimeWindow(Day, Day + 24 * Hour) } });
    }

    [Fact]
    public async Task A_cost_in_another_measure_is_refused()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        await ledger.RefusedAsync(RefusalCode.MeasureMismatch, Request(0, 1) with { Cost = PrivacyCost.Approximate(0.1, 1e-9) });
        await ledger.RefusedAsync(RefusalCode.MeasureMismatch, Request(0, 1) with { Cost = PrivacyCost.FromUnits(PrivacyMeasure.ZeroConcentrated, 1) });
    }

    [Fact]
    public async Task A_group_keeps_its_number_of_windows_for_a_period()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        await ledger.ReleasedAsync(Request(0, 1, maxWindows: 2));
        await ledger.RefusedAsync(RefusalCode.GroupMismatch, Request(1, 1, maxWindows: 3));
        await ledger.ReleasedAsync(Request(1, 1, maxWindows: 3, group: "other"));
        await ledger.ReleasedAsync(Request(24, 1, maxWindows: 3));
    }

    [Fact]
    public async Task A_refusal_for_the_budget_gives_the_figures()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        await ledger.ReleasedAsync(Request(0, 800_000_000, maxWindows: 5));
        var refusal = await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(1, 200_000_001, maxWindows: 5));
        Assert.Contains(
            "Account 'tenant/site/logs', period 2024-03-01T00:00:00Z/2024-03-02T00:00:00Z: epsilon 0.200000001 was asked, epsilon 0.8 is spent, epsilon 0.2 is left of epsilon 1.",
            refusal.Message);
        Assert.Contains("Wait for the next period", refusal.Message);
        Assert.Equal(2, (await ledger.EventsAsync()).Count);
    }

    [Fact]
    public async Task Sums_beyond_64_bits_are_refused_and_never_wrap()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(long.MaxValue));
        await ledger.ReleasedAsync(Request(0, long.MaxValue - 1, maxWindows: 9));
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(0, long.MaxValue, maxWindows: 9, query: "same window"));
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(1, long.MaxValue, maxWindows: 9));
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(1, long.MaxValue, maxWindows: 9, group: "other"));
        await ledger.ReleasedAsync(Request(1, 1, maxWindows: 9));
        Assert.Equal(long.MaxValue, await ledger.SpentAsync());
    }

    [Fact]
    public async Task The_code_that_stands_first_wins()
    {
        // Each request breaks one rule less than the one before it.
        var ledger = await new LedgerFixture().OpenedAsync();
        await ledger.ReleasedAsync(Request(0, 1_000_000_000));
        var fits = Request(1, 2, group: "g2");
        var exceeded = Request(1, 2_000_000_000);
        var group = exceeded with { MaxWindows = 7 };
        var measure = group with { Cost = PrivacyCost.Approximate(5, 1e-6) };
        var outside = measure with { Id = measure.Id with { Window = new TimeWindow(Day - 1, Day + 1) } };
        var unknown = outside with { Id = outside.Id with { Account = "nobody" } };
        var malformed = unknown with { MaxWindows = 0 };
        await ledger.RefusedAsync(RefusalCode.MalformedRequest, malformed);
        await ledger.RefusedAsync(RefusalCode.UnknownAccount, unknown);
        await ledger.RefusedAsync(RefusalCode.WindowOutsidePeriod, outside);
        await ledger.RefusedAsync(RefusalCode.MeasureMismatch, measure);
        await ledger.RefusedAsync(RefusalCode.GroupMismatch, group);
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, exceeded);
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, fits);
    }
}
