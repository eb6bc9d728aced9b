using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class AccountTreeTests
{
    [Fact]
    public async Task A_release_is_charged_to_every_open_ancestor()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "tenant"));
        await ledger.OpenedAsync(Policy(8, "tenant/a"));
        await ledger.OpenedAsync(Policy(8, "tenant/b/c"));
        var first = await ledger.ReleasedAsync(Request(0, 7, account: "tenant/a"));
        Assert.Equal((7L, 1L), (first.Receipt.SpentInPeriod.Loss, first.Receipt.LeftInPeriod.Loss));

        var refusal = await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(0, 4, account: "tenant/b/c"));
        Assert.Contains("Account 'tenant'", refusal.Message);
        Assert.Equal(0, await ledger.SpentAsync("tenant/b/c"));
        await ledger.ReleasedAsync(Request(0, 3, account: "tenant/b/c"));
        Assert.Equal(10, await ledger.SpentAsync("tenant"));
        Assert.Null(await ledger.StatusAsync(0, "tenant/b"));
    }

    [Fact]
    public async Task Groups_of_the_same_name_in_two_datasets_add_up_in_their_parent()
    {
        // W is 1 in both, but a subject can be in one window of each dataset.
        var ledger = await new LedgerFixture().OpenedAsync(Policy(100, "t"));
        await ledger.OpenedAsync(Policy(100, "t/a"));
        await ledger.OpenedAsync(Policy(100, "t/b"));
        await ledger.ReleasedAsync(Request(0, 7, account: "t/a"));
        await ledger.ReleasedAsync(Request(1, 6, account: "t/a"));
        await ledger.ReleasedAsync(Request(1, 5, account: "t/b", maxWindows: 2));
        Assert.Equal(12, await ledger.SpentAsync("t"));
    }

    [Fact]
    public async Task A_parent_cannot_be_opened_over_charges_it_has_not_seen()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "t/a"));
        await ledger.ReleasedAsync(Request(0, 7, account: "t/a"));
        var refusal = await ledger.OpenAsync(Policy(10, "t"));
        Assert.Equal(RefusalCode.PolicyMismatch, refusal?.Code);
        Assert.Null(await ledger.OpenAsync(Policy(10, "t/ab")));
    }

    [Fact]
    public async Task A_tree_shares_its_period_and_a_parent_holds_its_childrens_measure()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "t"));
        Assert.Equal(RefusalCode.PolicyMismatch, (await ledger.OpenAsync(Policy(10, "t/a") with { Period = TimeSpan.FromHours(1) }))?.Code);
        var approximate = Policy(10, "t/a") with { Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(1, 1e-6) };
        Assert.Equal(RefusalCode.MeasureMismatch, (await ledger.OpenAsync(approximate))?.Code);

        await ledger.OpenedAsync(Policy(10, "u/a"));
        Assert.Null(await ledger.OpenAsync(approximate with { Account = "u" }));
        await ledger.ReleasedAsync(Request(0, 7, account: "u/a"));
        Assert.Equal((7L, PrivacyMeasure.Approximate), ((await ledger.StatusAsync(0, "u"))!.Spent.Loss, (await ledger.StatusAsync(0, "u"))!.Spent.Measure));
        var accounts = await ledger.Store.TransactAsync(tx => ledger.Ledger.AccountsAsync(tx));
        Assert.Equal(["t", "u", "u/a"], accounts.Select(policy => policy.Account));
    }

    [Fact]
    public async Task A_grant_adds_to_one_period()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10));
        await ledger.ReleasedAsync(Request(0, 10, maxWindows: 24));
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(1, 1, maxWindows: 24));
        Task<Refusal?> Grant(string account, PrivacyCost extra, string reason = "agreed") =>
            ledger.Store.TransactAsync(tx => ledger.Ledger.GrantAsync(tx, account, Day + 7, extra, reason)).AsTask();
        Assert.Null(await Grant(Account, Pure(5)));
        await ledger.ReleasedAsync(Request(1, 5, maxWindows: 24));
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(24, 11));
        Assert.Equal(RefusalCode.UnknownAccount, (await Grant("nobody", Pure(5)))?.Code);
        Assert.Equal(RefusalCode.MalformedRequest, (await Grant(Account, Pure(0)))?.Code);
        Assert.Equal(RefusalCode.MalformedRequest, (await Grant(Account, Pure(5), ""))?.Code);
        Assert.Equal(RefusalCode.MalformedRequest, (await Grant(Account, Pure(long.MaxValue)))?.Code);
        Assert.Equal(RefusalCode.MeasureMismatch, (await Grant(Account, PrivacyCost.Approximate(1, 1e-6)))?.Code);
    }
}
