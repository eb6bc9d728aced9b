using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Snapshots;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger.Snapshots;

public sealed class SnapshotTests
{
    [Fact]
    public async Task Opening_an_account_reads_a_bounded_number_of_events()
    {
        var ledger = await ChargedAsync(3 * StoredSnapshots.Interval + 17, hours: 24);
        var counted = new CountingStore(ledger.Store);
        var fresh = new LedgerFixture(counted);
        Assert.Equal(await ledger.SpentAsync(), await fresh.SpentAsync());
        Assert.InRange(counted.EventsRead, 1, StoredSnapshots.Interval);
        await fresh.ReleasedAsync(Request(0, 1, 2, "one more"));
        Assert.InRange(counted.EventsRead, 1, StoredSnapshots.Interval + 3);
    }

    [Fact]
    public async Task An_account_without_a_snapshot_gets_one_with_its_next_event()
    {
        // As an earlier version left it.
        var ledger = await ChargedAsync(StoredSnapshots.Interval + 50, hours: 24);
        await ledger.Store.TransactAsync(tx => DeleteAsync(tx));
        await new LedgerFixture(ledger.Store).ReleasedAsync(Request(0, 1, 2, "one more"));
        var counted = new CountingStore(ledger.Store);
        await new LedgerFixture(counted).StatusAsync();
        Assert.Equal(1, counted.EventsRead);
    }

    [Fact]
    public async Task What_is_stored_of_old_periods_has_a_bound()
    {
        // Every period has 8 windows; only the newest keep them.
        var short_ = await SnapshotBytesAsync(periods: 64);
        var long_ = await SnapshotBytesAsync(periods: 128);
        Assert.Equal(64 * 64, long_ - short_);
    }

    [Fact]
    public async Task An_old_period_is_charged_exactly_from_the_whole_history()
    {
        var ledger = await ChargedAsync(8 * 100, hours: 8, days: 100, budget: 500);
        var (counted, whole) = (new CountingStore(ledger.Store), ledger);
        var fresh = new LedgerFixture(counted);
        Assert.Equal(await whole.SpentAsync(), await fresh.SpentAsync());
        Assert.InRange(counted.EventsRead, 1, StoredSnapshots.Interval);

        // A second query raises a window that was charged two months before; W keeps it free.
        var free = await fresh.ReleasedAsync(Request(1, 1, 2, "cheap"));
        Assert.True(free.Receipt.Charged.IsZero);
        Assert.InRange(counted.EventsRead, 801, 2000);
        await fresh.RefusedAsync(RefusalCode.GroupMismatch, Request(1, 1, 3, "other"));
        await new LedgerFixture(ledger.Store).RefusedAsync(RefusalCode.BudgetExceeded, Request(1, 500, 2, "dear"));

        // An event about an old period behind the snapshot is no obstacle.
        Assert.Equal(await whole.SpentAsync(), await new LedgerFixture(ledger.Store).SpentAsync());
        Assert.Null(await AccountChangeTests.GrantAsync(new LedgerFixture(ledger.Store), Account, 5));
    }

    [Fact]
    public async Task A_period_that_is_left_out_altogether_is_found_in_the_history()
    {
        var ledger = await ChargedAsync(StoredSnapshots.Interval, hours: 8, days: 40, budget: 500);
        var (kept, events) = (await LoadAsync(ledger), (await ledger.EventsAsync()).Count);
        var reduced = kept.State.Reduce(Day + (36 * 24 * Hour), Day + (20 * 24 * Hour));
        await ledger.Store.TransactAsync(async tx =>
        {
            await tx.PutAsync(StoredSnapshots.Table, Account, SnapshotCodec.Write(Account, kept with { State = reduced }));
            return true;
        });
        var fresh = new LedgerFixture(ledger.Store);
        Assert.Equal(await ledger.SpentAsync(), await fresh.SpentAsync());
        Assert.Null(await AccountChangeTests.GrantAsync(new LedgerFixture(ledger.Store), Account, 5));
        Assert.Null(await AccountChangeTests.SetAsync(new LedgerFixture(ledger.Store), Policy(501), Day + (2 * 24 * Hour)));
        Assert.Equal(RefusalCode.PolicyMismatch, (await new LedgerFixture(ledger.Store).OpenAsync(Policy(7, "tenant")))?.Code);
        var history = await ledger.Store.TransactAsync(tx => new LedgerFixture(ledger.Store).Ledger.HistoryAsync(tx, Account));
        Assert.Equal(40, history.Count);
        Assert.Equal(events + 2, (await ledger.EventsAsync()).Count);
    }

    [Fact]
    public async Task A_snapshot_that_does_not_fit_its_event_closes_the_account()
    {
        var ledger = await ChargedAsync(StoredSnapshots.Interval, hours: 24);
        var snapshot = await LoadAsync(ledger);
        (byte[] Value, string Fault)[] bad =
        [
            (SnapshotCodec.Write(Account, snapshot with { Hash = new string('0', 64) }), "is missing or was changed"),
            (SnapshotCodec.Write(Account, snapshot with { Version = 9_999 }), "is missing or was changed"),
            (SnapshotCodec.Write("other", snapshot), "another account"),
            ([2], "form is not known"),
            ([], "malformed"),
            (SnapshotCodec.Write(Account, snapshot)[..^1], "malformed"),
            ([.. SnapshotCodec.Write(Account, snapshot), 0], "longer"),
        ];
        foreach (var (value, fault) in bad)
        {
            await ledger.Store.TransactAsync(async tx =>
            {
                await tx.PutAsync(StoredSnapshots.Table, Account, value);
                return true;
            });
            var refusal = await new LedgerFixture(ledger.Store).RefusedAsync(RefusalCode.CorruptHistory, Request(0, 1));
            Assert.Contains("The snapshot of account 'tenant/site/logs'", refusal.Message);
            Assert.Contains(fault, refusal.Message);
            Assert.Equal(StoreFailure.Corrupt, (await Assert.ThrowsAsync<StoreException>(() => new LedgerFixture(ledger.Store).StatusAsync())).Failure);
        }
    }

    [Fact]
    public async Task A_damaged_snapshot_is_read_or_refused_and_fails_in_no_other_way()
    {
        var ledger = await ChargedAsync(40, hours: 5, days: 3);
        var bytes = SnapshotCodec.Write(Account, await LoadAsync(ledger));
        for (var at = 0; at < bytes.Length; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x40;
            try
            {
                Assert.NotNull(SnapshotCodec.Read(damaged, Account).State.Policy);
            }
            catch (FormatException)
            {
                // Refused; the store's checksum stands before this reader.
            }
        }
    }

    [Fact]
    public async Task A_snapshot_of_form_1_is_read_as_ever()
    {
        // A stored form: never edit it.
        const string Stored = "ARB0ZW5hbnQvc2l0ZS9sb2dzBwAAAAAAAAAREREREREREREREREREREREREREREREREREREREREREQRwdXJlAAIAAAAAAAAAAAAAgADKmjsAAAAAAAAAAAAAAAAAXCYFAAAAAADgdfyNAQAADAAAAAAAAAAAAAAAAAAAAABcJgUAAAAAAIRP940BAAAAhE/3jQEAAAEAAAAAhE/3jQEAAAQAAAAAAAAAAAAAAAAAAAAFAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMAAAABAAAAEnRlbmFudC9zaXRlL2xvZ3N8ZwIAAAACAAAAAIRP940BAACAcob3jQEAAAIAAAAAAAAAAAAAAAAAAACAcob3jQEAAABhvfeNAQAAAgAAAAAAAAAAAAAAAAAAAA==";
        var ledger = await ChargedAsync(3, hours: 2);
        Assert.Null(await AccountChangeTests.GrantAsync(ledger, Account, 5));
        Assert.Null(await AccountChangeTests.SetAsync(ledger, Policy(12), Day + (24 * Hour)));
        var state = (await LoadAsync(ledger)).State.Reduce(Day, Day);
        var snapshot = new AccountSnapshot(state, 7, new string('1', 64));
        Assert.Equal(Stored, Convert.ToBase64String(SnapshotCodec.Write(Account, snapshot)));
        var read = SnapshotCodec.Read(Convert.FromBase64String(Stored), Account);
        Assert.Equal((7L, new string('1', 64), 7L), (read.Version, read.Hash, read.StoredVersion));
        Assert.Equal((state.Status(Day), state.Status(Day + (24 * Hour))), (read.State.Status(Day), read.State.Status(Day + (24 * Hour))));
    }

    internal static async Task<LedgerFixture> ChargedAsync(int charges, int hours, int days = 1, long budget = 1_000_000_000)
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(budget));
        await ledger.Store.TransactAsync(async tx =>
        {
            for (var i = 0; i < charges; i++)
            {
                var (day, hour) = (i * days / charges, i % hours);
                Assert.Null((await ledger.Ledger.ReleaseAsync(tx, Request((24 * day) + hour, 1 + hour, 2, $"q{i}"), ledger.Draw)).Refusal);
            }

            return true;
        });
        return ledger;
    }

    internal static async Task<AccountSnapshot> LoadAsync(LedgerFixture ledger) => await ledger.Store.TransactAsync(tx => new AccountHistory().LoadAsync(tx, Account));

    private static async Task<int> SnapshotBytesAsync(int periods)
    {
        var ledger = await ChargedAsync(8 * periods, hours: 8, days: periods, budget: 500);
        return (await ledger.Store.TransactAsync(tx => tx.GetAsync(StoredSnapshots.Table, Account)))!.Length;
    }

    private static async ValueTask<bool> DeleteAsync(IStoreTransaction transaction)
    {
        await transaction.DeleteAsync(StoredSnapshots.Table, Account);
        return true;
    }
}
