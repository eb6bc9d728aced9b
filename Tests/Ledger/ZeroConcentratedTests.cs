using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class ZeroConcentratedTests
{
    private static readonly PrivacyCost Budget = PrivacyCost.ZeroConcentrated(0.02, 1e-6);

    [Fact]
    public async Task Epsilon_is_charged_as_half_its_square_and_delta_beside_it()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy());
        var release = await ledger.ReleasedAsync(Request(0, 0, maxWindows: 4) with { Cost = PrivacyCost.Approximate(0.1, 4e-7) });
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.005, 4e-7), release.Receipt.Charged);
        await ledger.ReleasedAsync(Request(1, 0, maxWindows: 4) with { Cost = PrivacyCost.ZeroConcentrated(0.0149) });
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(2, 0, maxWindows: 4) with { Cost = PrivacyCost.Pure(0.0142) });
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(3, 0, maxWindows: 4) with { Cost = PrivacyCost.Approximate(1e-3, 7e-7) });
        var last = await ledger.ReleasedAsync(Request(4, 0, maxWindows: 4) with { Cost = PrivacyCost.ZeroConcentrated(0.0001, 6e-7) });
        Assert.True(last.Receipt.LeftInPeriod.IsZero);
    }

    [Fact]
    public async Task Receipts_in_rho_are_read_as_they_were_written()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy());
        var release = await ledger.ReleasedAsync(Request(0, 0) with { Cost = PrivacyCost.ZeroConcentrated(0.001, 1e-9) });
        var json = ReleaseJson.ToUtf8(release);

        Assert.Equal(release.Receipt, ReleaseJson.Read(json).Receipt);
        Assert.Contains("\"cost\":{\"measure\":\"zero-concentrated\",\"nano_rho\":1000000,\"atto_delta\":1000000000}", System.Text.Encoding.UTF8.GetString(json));
    }

    [Fact]
    public async Task A_tree_may_count_in_epsilon_below_and_in_rho_above_but_not_the_reverse()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy() with { Account = "tenant" });
        Assert.Null(await ledger.OpenAsync(LedgerFixture.Policy(account: "tenant/a")));
        var release = await ledger.ReleasedAsync(Request(0, 100_000_000, account: "tenant/a"));
        Assert.Equal(PrivacyMeasure.Pure, release.Receipt.Charged.Measure);
        var above = await ledger.Store.TransactAsync(tx => ledger.Ledger.StatusAsync(tx, "tenant", Day));
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.005), above!.Spent);

        var other = await new LedgerFixture().OpenedAsync(LedgerFixture.Policy(account: "tenant"));
        Assert.Equal(RefusalCode.MeasureMismatch, (await other.OpenAsync(Policy() with { Account = "tenant/a" }))!.Code);
    }

    private static AccountPolicy Policy() => LedgerFixture.Policy() with { Measure = PrivacyMeasure.ZeroConcentrated, BudgetPerPeriod = Budget };
}
