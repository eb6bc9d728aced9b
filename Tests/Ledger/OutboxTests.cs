using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class OutboxTests
{
    private static readonly OutboxReader Outbox = new();

    [Fact]
    public async Task Each_sink_reads_on_from_its_own_cursor()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        for (var hour = 0; hour < 12; hour++)
        {
            await ledger.ReleasedAsync(Request(hour, 1));
        }

        await ledger.Store.TransactAsync(async tx =>
        {
            Assert.Equal(0, await Outbox.CursorAsync(tx, "files"));
            var page = await Outbox.ReadAsync(tx, 0, 5);
            Assert.Equal([1L, 2L, 3L, 4L, 5L], page.Select(entry => entry.Sequence));
            Assert.Equal(Day, page[0].Release.Id.Window.StartMs);
            await Outbox.AdvanceAsync(tx, "files", 5);
            await Outbox.AdvanceAsync(tx, "files", 3);
            Assert.Equal(5, await Outbox.CursorAsync(tx, "files"));
            Assert.Equal(0, await Outbox.CursorAsync(tx, "kafka"));
            Assert.Equal(7, (await Outbox.ReadAsync(tx, 5, 100)).Count);
            Assert.Equal(12, await OutboxReader.LastAsync(tx));
            Assert.Empty(await Outbox.ReadAsync(tx, 12, 100));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Outbox.AdvanceAsync(tx, "files", 13).AsTask());
            return 0;
        });
    }

    [Fact]
    public async Task An_entry_whose_release_is_gone_is_damage()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        var release = await ledger.ReleasedAsync(Request(0, 1));
        var failure = await Assert.ThrowsAsync<StoreException>(() => ledger.Store.TransactAsync(async tx =>
        {
            await tx.DeleteAsync(ReleaseTables.Releases, release.Id.ToString());
            return await Outbox.ReadAsync(tx, 0, 100);
        }).AsTask());
        Assert.Equal(StoreFailure.Corrupt, failure.Failure);
    }

    [Fact]
    public async Task Releases_are_listed_by_the_parts_of_their_id()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(account: "a"));
        await ledger.OpenedAsync(Policy(account: "ab"));
        foreach (var (account, query, hour) in new[] { ("a", "q", 1), ("a", "q", 0), ("a", "q2", 0), ("ab", "q", 0) })
        {
            await ledger.ReleasedAsync(Request(hour, 1, 24, query, account: account));
        }

        async Task<string[]> List(string prefix, string? after = null, int limit = 100) => await ledger.Store.TransactAsync(
            async tx => (await ReleaseReader.ListAsync(tx, prefix, after, limit)).Select(r => $"{r.Id.Account} {r.Id.Query} {(r.Id.Window.StartMs - Day) / Hour}").ToArray());
        Assert.Equal(["ab q 0", "a q2 0", "a q 0", "a q 1"], await List(""));
        Assert.Equal(["a q2 0", "a q 0", "a q 1"], await List(ReleaseReader.Prefix("a")));
        Assert.Equal(["a q 0", "a q 1"], await List(ReleaseReader.Prefix("a", "pipe", "0123456789abcdef", "q")));
        Assert.Equal(["a q 1"], await List(ReleaseReader.Prefix("a"), Request(0, 1, account: "a").Id.ToString(), 1));
        Assert.Empty(await List(ReleaseReader.Prefix("a", "other")));
        Assert.Equal(3, (await ledger.Store.TransactAsync(tx => Outbox.ListAsync(tx, "a", "pipe", "0123456789abcdef"))).Count);
    }
}
