using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class AccountPlaceTests
{
    [Fact]
    public async Task What_a_cluster_keeps_is_not_opened_charged_or_granted_on_the_store()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        Assert.Null(await GiveAsync(ledger, Account));
        Assert.Null(await GiveAsync(ledger, Account));
        Assert.Equal(RefusalCode.KeptElsewhere, (await ledger.OpenAsync(Policy()))?.Code);
        await ledger.RefusedAsync(RefusalCode.KeptElsewhere, Request(0, 1));
        var grant = await ledger.Store.TransactAsync(tx => ledger.Ledger.GrantAsync(tx, Account, Day, Pure(1), "why"));
        Assert.Equal(RefusalCode.KeptElsewhere, grant?.Code);
        Assert.Single(await ledger.EventsAsync());
        Assert.Equal(0, ledger.Draws);
    }

    [Fact]
    public async Task What_was_charged_on_the_store_is_not_given_to_a_cluster()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        await ledger.Store.TransactAsync(tx => ledger.Ledger.ReleaseAsync(tx, Request(0, 1), () => Values()));
        Assert.Equal(RefusalCode.KeptElsewhere, (await GiveAsync(ledger, Account))?.Code);
        Assert.Null(await ledger.OpenAsync(Policy()));
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("tenant/site/logs/errors")]
    public async Task A_tree_is_kept_in_one_place(string relative)
    {
        var store = await new LedgerFixture().OpenedAsync(Policy(account: relative));
        var refusal = await GiveAsync(store, Account);
        Assert.Equal(RefusalCode.KeptElsewhere, refusal?.Code);
        Assert.Contains($"'{relative}'", refusal!.Message, StringComparison.Ordinal);

        var cluster = new LedgerFixture();
        Assert.Null(await GiveAsync(cluster, relative));
        Assert.Equal(RefusalCode.KeptElsewhere, (await cluster.OpenAsync(Policy()))?.Code);
        Assert.Null(await cluster.OpenAsync(Policy(account: "tenant-2")));
    }

    private static async Task<Refusal?> GiveAsync(LedgerFixture ledger, string account) =>
        await ledger.Store.TransactAsync(tx => AccountPlace.GiveToClusterAsync(tx, account));
}
