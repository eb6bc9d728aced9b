using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class AccountChangeTests
{
    private const long DayMs = 24 * Hour;

    [Fact]
    public async Task A_closed_account_takes_nothing_and_stays_readable()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10));
        var release = await ledger.ReleasedAsync(Request(0, 7));
        Assert.Null(await CloseAsync(ledger, Account));
        Assert.Null(await CloseAsync(ledger, Account));
        Assert.Equal("closed/1", (await ledger.EventsAsync())[^1].Type);
        Assert.Equal(3, (await ledger.EventsAsync()).Count);

        Assert.Contains("is closed", (await ledger.RefusedAsync(RefusalCode.AccountClosed, Request(1, 1))).Message);
        Assert.Equal(RefusalCode.AccountClosed, (await GrantAsync(ledger, Account, 5))?.Code);
        Assert.Equal(RefusalCode.AccountClosed, (await SetAsync(ledger, Policy(20), Day))?.Code);
        Assert.Null(await ledger.OpenAsync(Policy(10)));
        Assert.Equal(release.Receipt.Charged, (await ledger.ReleaseAsync(Request(0, 7))).Release!.Receipt.Charged);
        Assert.Equal(7, await ledger.SpentAsync());
    }

    [Fact]
    public async Task Descendants_are_closed_first_and_none_is_opened_below()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "t"));
        await ledger.OpenedAsync(Policy(10, "t/a/b"));
        await ledger.OpenedAsync(Policy(10, "tt"));
        var refusal = await CloseAsync(ledger, "t");
        Assert.Equal(RefusalCode.DescendantsOpen, refusal?.Code);
        Assert.Contains("'t/a/b'", refusal?.Message);
        Assert.Null(await CloseAsync(ledger, "t/a/b"));
        Assert.Null(await CloseAsync(ledger, "t"));
        Assert.Equal(RefusalCode.AccountClosed, (await ledger.OpenAsync(Policy(10, "t/c")))?.Code);
        Assert.Equal(RefusalCode.UnknownAccount, (await CloseAsync(ledger, "nobody"))?.Code);
        Assert.Equal(RefusalCode.MalformedRequest, (await CloseAsync(ledger, "a//b"))?.Code);
    }

    [Fact]
    public async Task A_transfer_moves_what_is_left_and_leaves_a_receipt_on_both_sides()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "a"));
        await ledger.OpenedAsync(Policy(10, "b"));
        await ledger.ReleasedAsync(Request(0, 7, account: "a"));
        Assert.Equal(RefusalCode.BudgetExceeded, (await MoveAsync(ledger, "a", "b", 4)).Refusal?.Code);
        var receipt = (await MoveAsync(ledger, "a", "b", 3)).Receipt!;
        Assert.Equal((Day, 3L, new TransferSide("a", 3), new TransferSide("b", 2)), (receipt.PeriodStartMs, receipt.Amount.Loss, receipt.From, receipt.To));
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(1, 1, 2, group: "more", account: "a"));
        await ledger.ReleasedAsync(Request(0, 13, account: "b"));
        Assert.Equal(RefusalCode.BudgetExceeded, (await MoveAsync(ledger, "b", "a", 1)).Refusal?.Code);

        // The next period has its own budget.
        Assert.Equal(10, (await ledger.StatusAsync(24, "a"))!.Left.Loss);
        Assert.Equal(["opened/1", "charged/2", "transferred-out/1"], (await ledger.EventsAsync("a")).Select(e => e.Type));
        Assert.Equal(["opened/1", "transferred-in/1", "charged/2"], (await ledger.EventsAsync("b")).Select(e => e.Type));
    }

    [Fact]
    public async Task A_transfer_that_does_not_fit_changes_neither_side()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "a"));
        await ledger.OpenedAsync(Policy(10, "hourly") with { Period = TimeSpan.FromHours(1) });
        await ledger.OpenedAsync(Policy(10, "closed"));
        await ledger.OpenedAsync(Policy() with { Account = "approximate", Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(1, 1e-6) });
        await ledger.OpenedAsync(Policy(long.MaxValue, "full"));
        await CloseAsync(ledger, "closed");
        (string From, string To, long Amount, RefusalCode Code)[] bad =
        [
            ("a", "a", 1, RefusalCode.MalformedRequest),
            ("a", "b//", 1, RefusalCode.MalformedRequest),
            ("a", "approximate", 0, RefusalCode.MalformedRequest),
            ("a", "full", 1, RefusalCode.MalformedRequest),
            ("a", "nobody", 99, RefusalCode.UnknownAccount),
            ("nobody", "closed", 99, RefusalCode.UnknownAccount),
            ("closed", "a", 99, RefusalCode.AccountClosed),
            ("a", "closed", 99, RefusalCode.AccountClosed),
            ("a", "hourly", 99, RefusalCode.PolicyMismatch),
            ("a", "approximate", 1, RefusalCode.MeasureMismatch),
            ("a", "full", 99, RefusalCode.MalformedRequest),
        ];
        foreach (var (from, to, amount, code) in bad)
        {
            var outcome = await MoveAsync(ledger, from, to, amount);
            Assert.Null(outcome.Receipt);
            Assert.True(code == outcome.Refusal?.Code, $"{from} to {to}: {outcome.Refusal?.Message}");
        }

        Assert.Single(await ledger.EventsAsync("a"));
        Assert.Equal(2, (await ledger.EventsAsync("closed")).Count);
    }

    [Fact]
    public async Task A_transfer_inside_a_tree_leaves_the_root_as_it_was()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "t"));
        await ledger.OpenedAsync(Policy(10, "t/a"));
        await ledger.OpenedAsync(Policy(10, "t/b"));
        Assert.NotNull((await MoveAsync(ledger, "t/b", "t/a", 9)).Receipt);
        await ledger.ReleasedAsync(Request(0, 10, account: "t/a"));
        Assert.Contains("Account 't',", (await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(1, 1, 2, group: "h", account: "t/a"))).Message);
        Assert.NotNull((await MoveAsync(ledger, "t/a", "t", 9)).Receipt);
        await ledger.ReleasedAsync(Request(0, 1, account: "t/b"));
        Assert.Equal(11, await ledger.SpentAsync("t"));
    }

    [Fact]
    public async Task A_policy_holds_from_a_period_on_and_never_below_what_is_spent()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10));
        await ledger.ReleasedAsync(Request(0, 7));
        Assert.Equal(RefusalCode.BudgetExceeded, (await SetAsync(ledger, Policy(6), Day))?.Code);
        Assert.Null(await SetAsync(ledger, Policy(7), Day + 5));
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(1, 1, group: "h"));
        Assert.Null(await SetAsync(ledger, Policy(20), Day + (2 * DayMs)));
        Assert.Null(await SetAsync(ledger, Policy(20), Day + (2 * DayMs)));
        var left = new List<long>();
        foreach (var day in new[] { 0, 1, 2, 300 })
        {
            left.Add((await ledger.StatusAsync(24 * day))!.Left.Loss);
        }

        Assert.Equal([0L, 7L, 20L, 20L], left);
        Assert.Equal(10, (await ledger.StatusAsync(-1))!.Left.Loss);
        Assert.Equal(4, (await ledger.EventsAsync()).Count);

        // A configuration may name what holds in any period; the newest replaces what was to follow.
        Assert.Null(await ledger.OpenAsync(Policy(10)));
        Assert.Null(await ledger.OpenAsync(Policy(20)));
        Assert.Equal(RefusalCode.PolicyMismatch, (await ledger.OpenAsync(Policy(21)))?.Code);
        Assert.Null(await SetAsync(ledger, Policy(8), Day + DayMs));
        Assert.Equal(8, (await ledger.StatusAsync(24 * 300))!.Left.Loss);
        Assert.Equal(RefusalCode.PolicyMismatch, (await ledger.OpenAsync(Policy(20)))?.Code);
    }

    [Fact]
    public async Task What_was_transferred_away_counts_as_spent_for_a_policy()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "a"));
        await ledger.OpenedAsync(Policy(10, "b"));
        await MoveAsync(ledger, "a", "b", 8);
        Assert.Equal(RefusalCode.BudgetExceeded, (await SetAsync(ledger, Policy(7, "a"), Day))?.Code);
        Assert.Null(await SetAsync(ledger, Policy(8, "a"), Day));
        Assert.Equal(0, (await ledger.StatusAsync(0, "a"))!.Left.Loss);
        Assert.Equal(RefusalCode.MalformedRequest, (await SetAsync(ledger, Policy(long.MaxValue, "b"), Day))?.Code);
    }

    [Fact]
    public async Task The_length_of_periods_changes_where_nothing_was_charged()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10));
        await ledger.ReleasedAsync(Request(24, 7));
        var hourly = Policy(10) with { Period = TimeSpan.FromHours(1) };
        Assert.Equal(RefusalCode.PolicyMismatch, (await SetAsync(ledger, hourly, Day + DayMs))?.Code);
        Assert.Equal(RefusalCode.PolicyMismatch, (await SetAsync(ledger, Policy(10) with { Period = TimeSpan.FromDays(7) }, Day + (2 * DayMs)))?.Code);
        Assert.Null(await SetAsync(ledger, hourly, Day + (2 * DayMs)));
        await ledger.ReleasedAsync(Request(47, 3, group: "h"));
        await ledger.ReleasedAsync(Request(48, 10));
        await ledger.ReleasedAsync(Request(49, 10));
        var across = Request(49, 1, group: "h");
        await ledger.RefusedAsync(RefusalCode.WindowOutsidePeriod, across with { Id = across.Id with { Window = new TimeWindow(Day + (49 * Hour), Day + (51 * Hour)) } });

        // Taking it back would join periods that were charged apart.
        Assert.Equal(RefusalCode.PolicyMismatch, (await SetAsync(ledger, Policy(100), Day + (2 * DayMs)))?.Code);
        var history = await ledger.Store.TransactAsync(tx => new BudgetLedger(TimeProvider.System).HistoryAsync(tx, Account));
        Assert.Equal([24L, 1L, 1L], history.Select(period => (period.PeriodEndMs - period.PeriodStartMs) / Hour));
    }

    [Fact]
    public async Task The_measure_stays_and_a_tree_keeps_its_period()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "t"));
        var approximate = Policy() with { Account = "t", Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(1, 1e-6) };
        Assert.Equal(RefusalCode.MeasureMismatch, (await SetAsync(ledger, approximate, Day))?.Code);
        await ledger.OpenedAsync(Policy(10, "t/a"));
        foreach (var account in new[] { "t", "t/a" })
        {
            Assert.Equal(RefusalCode.PolicyMismatch, (await SetAsync(ledger, Policy(10, account) with { Period = TimeSpan.FromHours(1) }, Day))?.Code);
            Assert.Null(await SetAsync(ledger, Policy(11, account), Day));
        }

        Assert.Equal(RefusalCode.UnknownAccount, (await SetAsync(ledger, Policy(10, "nobody"), Day))?.Code);
        Assert.Equal(RefusalCode.MalformedRequest, (await SetAsync(ledger, Policy(10, "t"), long.MaxValue))?.Code);
        Assert.Equal(RefusalCode.MalformedRequest, (await SetAsync(ledger, Policy(0, "t"), Day))?.Code);
    }

    [Fact]
    public async Task An_account_that_a_cluster_keeps_is_not_changed_here()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "a"));
        await ledger.OpenedAsync(Policy(10, "b"));
        await ledger.Store.TransactAsync(tx => AccountPlace.GiveToClusterAsync(tx, "b"));
        Assert.Equal(RefusalCode.KeptElsewhere, (await CloseAsync(ledger, "b"))?.Code);
        Assert.Equal(RefusalCode.KeptElsewhere, (await SetAsync(ledger, Policy(11, "b"), Day))?.Code);
        Assert.Equal(RefusalCode.KeptElsewhere, (await MoveAsync(ledger, "a", "b", 1)).Refusal?.Code);
        Assert.Equal(RefusalCode.KeptElsewhere, (await MoveAsync(ledger, "b", "a", 1)).Refusal?.Code);
    }

    internal static async Task<Refusal?> CloseAsync(LedgerFixture ledger, string account) =>
        await ledger.Store.TransactAsync(tx => ledger.Ledger.CloseAsync(tx, account, "the study has ended"));

    internal static async Task<Refusal?> GrantAsync(LedgerFixture ledger, string account, long nano) =>
        await ledger.Store.TransactAsync(tx => ledger.Ledger.GrantAsync(tx, account, Day, Pure(nano), "agreed"));

    internal static async Task<Refusal?> SetAsync(LedgerFixture ledger, AccountPolicy policy, long fromMs) =>
        await ledger.Store.TransactAsync(tx => ledger.Ledger.SetPolicyAsync(tx, policy, fromMs, "agreed"));

    internal static async Task<TransferOutcome> MoveAsync(LedgerFixture ledger, string from, string to, long nano) =>
        await ledger.Store.TransactAsync(tx => ledger.Ledger.TransferAsync(tx, from, to, Day + 5, Pure(nano), "agreed"));
}
