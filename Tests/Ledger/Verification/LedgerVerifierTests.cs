using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Snapshots;
using AkkaPrivacy.Ledger.Verification;
using AkkaPrivacy.Tests.Ledger.Snapshots;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger.Verification;

public sealed class LedgerVerifierTests
{
    [Fact]
    public async Task A_ledger_that_was_only_used_is_sound()
    {
        var ledger = await TreeAsync();
        var found = await VerifyAsync(ledger.Store);
        Assert.Empty(found.Faults);
        Assert.Equal(["t", "t/a", "t/b", "u"], found.Heads.Select(head => head.Account));
        Assert.Equal((3L, 0L), (found.Releases, found.KeptElsewhere));

        var charged = await SnapshotTests.ChargedAsync((2 * StoredSnapshots.Interval) + 9, hours: 8, days: 60, budget: 500);
        Assert.Empty((await VerifyAsync(charged.Store)).Faults);
    }

    [Fact]
    public async Task A_release_without_a_charge_and_a_charge_without_a_release_are_named()
    {
        var ledger = await TreeAsync();
        var id = Request(0, 1, account: "t/a").Id;
        var value = await ledger.Store.TransactAsync(tx => tx.GetAsync("releases", id.ToString()));
        await DoAsync(ledger.Store, tx => tx.DeleteAsync("releases", id.ToString()));
        Assert.Contains("was charged and is not stored", Assert.Single(await FaultsAsync(ledger.Store, "ledger/t/a event 2")).Message);

        var invented = Request(7, 1, account: "t/a").Id;
        await DoAsync(ledger.Store, tx => tx.PutAsync("releases", id.ToString(), value!));
        var copy = ReleaseJson.Read(value!) with { Id = invented };
        await DoAsync(ledger.Store, tx => tx.PutAsync("releases", invented.ToString(), ReleaseJson.ToUtf8(copy)));
        Assert.Contains("was never charged", Assert.Single(await FaultsAsync(ledger.Store, invented.ToString())).Message);
    }

    [Theory]
    [InlineData("\"nano_epsilon\":3", "\"nano_epsilon\":2", "cost")]
    [InlineData("\"max_windows\":1", "\"max_windows\":2", "max_windows")]
    [InlineData("\"ledger_version\":2", "\"ledger_version\":1", "ledger_version")]
    [InlineData("\"stored_at\":\"2024", "\"stored_at\":\"2023", "stored_at")]
    [InlineData("\"reason\":\"window-added\"", "\"reason\":\"query-added\"", "reason")]
    [InlineData("\"windows\":1", "\"windows\":2", "windows")]
    [InlineData("\"previous_event\":\"", "\"previous_event\":\"0", "previous_event")]
    [InlineData("\"event\":\"", "\"event\":\"0", "event")]
    [InlineData("\"values\":\"", "\"values\":\"0", "values")]
    [InlineData("\"value\":1", "\"value\":2", "the values, intervals or keys")]
    [InlineData("\"ledger_version\":2,\"charged\"", "\"ledger_version\":3,\"charged\"", "what they were charged")]
    public async Task A_receipt_that_differs_from_its_charge_is_named(string what, string with, string field)
    {
        var ledger = await TreeAsync();
        var id = Request(0, 1, account: "t/a").Id.ToString();
        await DoAsync(ledger.Store, async tx =>
        {
            var text = Encoding.UTF8.GetString((await tx.GetAsync("releases", id))!);
            Assert.Contains(what, text);
            await tx.PutAsync("releases", id, Encoding.UTF8.GetBytes(text.Replace(what, with)));
        });
        Assert.Contains($"differ in {field}", Assert.Single((await VerifyAsync(ledger.Store)).Faults).Message);
    }

    [Fact]
    public async Task A_charge_that_an_ancestor_lacks_and_one_that_stands_twice_are_named()
    {
        var ledger = await TreeAsync();
        var request = Request(5, 1, account: "t/b");
        var charge = new BudgetCharged(request.Id.ToString(), Day, request.Id.Window, "g", 1, new Units(1, 0), 1);
        await DoAsync(ledger.Store, async tx =>
        {
            var history = new AccountHistory();
            for (var i = 0; i < 2; i++)
            {
                await history.AppendAsync(tx, "t/b", await history.LoadAsync(tx, "t/b"), charge);
            }
        });
        var faults = (await VerifyAsync(ledger.Store)).Faults;
        Assert.Contains(faults, fault => fault.Message.Contains("charged a second time"));
        Assert.Contains(faults, fault => fault.Message.Contains("was charged and is not stored"));
        Assert.Contains(faults, fault => fault.Message.Contains("and those above it are 2"));
    }

    [Fact]
    public async Task A_snapshot_that_the_events_do_not_give_is_named()
    {
        var ledger = await SnapshotTests.ChargedAsync(StoredSnapshots.Interval, hours: 8);
        var snapshot = await SnapshotTests.LoadAsync(ledger);
        var state = snapshot.State.Evolve(new BudgetGranted(Day, new Units(1, 0), "invented", 1));
        await DoAsync(ledger.Store, tx => tx.PutAsync(StoredSnapshots.Table, Account, SnapshotCodec.Write(Account, snapshot with { State = state })));
        Assert.Contains("is not what the first", Assert.Single((await VerifyAsync(ledger.Store)).Faults).Message);
    }

    [Fact]
    public async Task A_changed_event_before_the_snapshot_is_found_though_opening_does_not_read_it()
    {
        var whole = await SnapshotTests.ChargedAsync(StoredSnapshots.Interval + 5, hours: 8);
        var events = await whole.EventsAsync();
        var copy = new MemoryStore();
        await DoAsync(copy, async tx =>
        {
            var changed = events.Select(e => new NewEvent(e.Type, e.Version == 7 ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(e.Payload).Replace("\"at_ms\":17", "\"at_ms\":16")) : e.Payload)).ToList();
            await tx.AppendAsync($"ledger/{Account}", 0, changed);
            await tx.PutAsync("accounts", Account, ReadOnlyMemory<byte>.Empty);
            await tx.PutAsync(StoredSnapshots.Table, Account, (await whole.Store.TransactAsync(other => other.GetAsync(StoredSnapshots.Table, Account)))!);
        });
        Assert.Equal(await whole.SpentAsync(), await new LedgerFixture(copy).SpentAsync());
        Assert.Contains($"Event 8 of stream 'ledger/{Account}'", Assert.Single(await FaultsAsync(copy, $"ledger/{Account} event 8")).Message);
    }

    [Fact]
    public async Task One_side_of_a_transfer_and_a_broken_outbox_are_named()
    {
        var ledger = await TreeAsync();
        await DoAsync(ledger.Store, async tx =>
        {
            var history = new AccountHistory();
            await history.AppendAsync(tx, "u", await history.LoadAsync(tx, "u"), new BudgetTransferredIn(Day, new Units(1, 0), "t", 99, "invented", 1));
            await tx.DeleteAsync("outbox", ReleaseTables.SequenceKey(1));
            await tx.PutAsync("outbox", ReleaseTables.SequenceKey(9), (await tx.GetAsync("outbox", ReleaseTables.SequenceKey(2)))!);
        });
        var faults = (await VerifyAsync(ledger.Store)).Faults.Select(fault => fault.Message).ToList();
        Assert.Contains(faults, fault => fault.Contains("not the other side of this transfer"));
        Assert.Contains(faults, fault => fault.Contains("stands in the outbox a second time"));
        Assert.Contains(faults, fault => fault.Contains("is not in the outbox"));
        Assert.Contains(faults, fault => fault.Contains("the sequence is not that"));
    }

    [Fact]
    public async Task A_receipt_holds_the_charge_and_what_follows()
    {
        var ledger = await TreeAsync();
        var file = (await ledger.Store.TransactAsync(tx => ReceiptFile.OfAsync(tx, Request(0, 1, account: "t/a").Id.ToString())))!;
        Assert.Null(file.Fault());
        Assert.Equal(["charged/2", "charged/2", "transferred-out/1"], file.Events.Select(e => e.Type));
        Assert.Equal((await VerifyAsync(ledger.Store)).Heads.Single(head => head.Account == "t/a").Hash, file.Head.Hash);
        for (var i = 0; i < file.Events.Count; i++)
        {
            var payload = file.Events[i].Payload.Replace("\"loss\":", "\"loss\":1");
            var hash = LedgerEventCodec.Hash(file.Events[i].Type, Encoding.UTF8.GetBytes(payload));
            var events = file.Events.ToList();
            events[i] = events[i] with { Payload = payload };
            Assert.NotNull((file with { Events = events }).Fault());
            events[i] = events[i] with { Hash = hash };
            Assert.True(i == events.Count - 1 || (file with { Events = events }).Fault() is not null);
            Assert.NotEqual(file.Head.Hash, i == events.Count - 1 ? hash : "");
        }

        Assert.NotNull((file with { Release = Request(1, 1, account: "t/a").Id.ToString() }).Fault());
        Assert.Null(await ledger.Store.TransactAsync(tx => ReceiptFile.OfAsync(tx, "nothing")));
    }

    private static async Task<LedgerFixture> TreeAsync()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(100, "t"));
        await ledger.OpenedAsync(Policy(50, "t/a"));
        await ledger.OpenedAsync(Policy(50, "t/b"));
        await ledger.OpenedAsync(Policy(50, "u"));
        await ledger.ReleasedAsync(Request(0, 3, account: "t/a"));
        await ledger.ReleasedAsync(Request(1, 5, account: "t/a"));
        await ledger.ReleasedAsync(Request(0, 7, account: "t/b"));
        Assert.NotNull((await AccountChangeTests.MoveAsync(ledger, "t/a", "t/b", 9)).Receipt);
        return ledger;
    }

    private static async Task DoAsync(IStore store, Func<IStoreTransaction, ValueTask> work) => await store.TransactAsync(async tx =>
    {
        await work(tx);
        return true;
    });

    private static async Task<LedgerVerification> VerifyAsync(IStore store) => await LedgerVerifier.RunAsync(store, CancellationToken.None);

    private static async Task<IEnumerable<LedgerFault>> FaultsAsync(IStore store, string place) =>
        (await VerifyAsync(store)).Faults.Where(fault => fault.Place.Contains(place, StringComparison.Ordinal));
}
