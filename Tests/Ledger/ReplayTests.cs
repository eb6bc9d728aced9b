using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class ReplayTests
{
    [Fact]
    public async Task A_replay_returns_the_stored_bytes_and_neither_charges_nor_draws()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        var first = await ledger.ReleaseAsync(Request(0, 1_000_000_000));
        Assert.False(first.Replayed);
        foreach (var again in new[] { ledger, new LedgerFixture(ledger.Store) })
        {
            var outcome = await again.ReleaseAsync(Request(0, 1_000_000_000));
            Assert.True(outcome.Replayed);
            Assert.Equal(ReleaseJson.ToUtf8(first.Release!), ReleaseJson.ToUtf8(outcome.Release!));
        }

        Assert.Equal(1, ledger.Draws);
        Assert.Equal(2, (await ledger.EventsAsync()).Count);
        Assert.Single(await ledger.Store.TransactAsync(tx => new OutboxReader().ReadAsync(tx, 0, 100)));
    }

    [Fact]
    public async Task A_rollback_undoes_charge_values_and_outbox_and_the_cache_with_them()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10));
        await ledger.ReleasedAsync(Request(0, 4, maxWindows: 24));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => ledger.Store.TransactAsync<int>(async tx =>
        {
            Assert.Null((await ledger.Ledger.ReleaseAsync(tx, Request(1, 6, maxWindows: 24), ledger.Draw)).Refusal);
            Assert.Equal(10, (await ledger.Ledger.StatusAsync(tx, Account, Day))!.Spent.Loss);
            throw new InvalidTimeZoneException();
        }).AsTask());
        Assert.Equal(4, await ledger.SpentAsync());
        Assert.Single(await ledger.Store.TransactAsync(tx => ReleaseReader.ListAsync(tx)));

        // Another ledger takes the version that was rolled back, so the cached state has the right version and the wrong past.
        await new LedgerFixture(ledger.Store).ReleasedAsync(Request(2, 5, maxWindows: 24));
        Assert.Equal(9, await ledger.SpentAsync());
        await ledger.RefusedAsync(RefusalCode.BudgetExceeded, Request(1, 6, maxWindows: 24));
        Assert.Equal([1L, 2L], (await ledger.Store.TransactAsync(tx => new OutboxReader().ReadAsync(tx, 0, 100))).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task A_draw_that_fails_or_gives_nonsense_writes_nothing_even_when_the_caller_commits()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        Func<DrawnValues>[] draws =
        [
            () => throw new InvalidOperationException("no entropy"),
            () => Values() with { Confidence = double.NaN },
            () => Values() with { GroupBy = [] },
        ];
        foreach (var draw in draws)
        {
            await ledger.Store.TransactAsync(async tx =>
            {
                await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.Ledger.ReleaseAsync(tx, Request(0, 1), draw).AsTask());
                return 0;
            });
        }

        Assert.Equal(0, await ledger.SpentAsync());
        Assert.Single(await ledger.EventsAsync());
        Assert.Empty(await ledger.Store.TransactAsync(tx => ReleaseReader.ListAsync(tx)));
    }

    [Fact]
    public async Task One_ledger_serves_several_stores()
    {
        var first = await new LedgerFixture().OpenedAsync(Policy(10));
        var second = await new LedgerFixture(new MemoryStore()) { Ledger = first.Ledger }.OpenedAsync(Policy(10));
        await first.ReleasedAsync(Request(0, 10));
        Assert.Equal(0, await second.SpentAsync());
        await second.ReleasedAsync(Request(0, 3));
        Assert.Equal(10, await first.SpentAsync());
    }

    [Fact]
    public async Task A_stored_release_that_cannot_be_read_is_refused_not_drawn_again()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        var request = Request(0, 1);
        await ledger.ReleasedAsync(request);
        await ledger.Store.TransactAsync(async tx =>
        {
            await tx.PutAsync(ReleaseTables.Releases, request.Id.ToString(), "{\"id\":5}"u8.ToArray());
            return 0;
        });
        await ledger.RefusedAsync(RefusalCode.CorruptHistory, request);
        var failure = await Assert.ThrowsAsync<StoreException>(() => ledger.Store.TransactAsync(tx => ReleaseReader.GetAsync(tx, request.Id)).AsTask());
        Assert.Equal(StoreFailure.Corrupt, failure.Failure);
    }
}
