using Akka.Actor;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

public sealed class ShardedLedgerTests() : ActorTestKit(Complete(Memory))
{
    private static readonly LedgerShardingOptions Short = Options with { AskTimeout = TimeSpan.FromMilliseconds(50), Attempts = 2, MinBackoff = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task What_was_settled_is_copied_once_and_nothing_else_is_released()
    {
        await using var store = new MemoryStore();
        var ledger = new ShardedLedger(Start(Sys), Options);
        Assert.Equal(RefusalCode.Unavailable, (await store.TransactAsync(tx => ledger.OpenAsync(tx, Policy())))!.Code);
        await ledger.PrepareAsync(Policy(), []);
        Assert.Null(await store.TransactAsync(tx => ledger.OpenAsync(tx, Policy())));
        await ledger.PrepareAsync(Policy(), [.. Enumerable.Range(0, 5).Select(hour => new LedgerRequest(Request(hour), () => Values(hour)))]);
        for (var round = 0; round < 2; round++)
        {
            var outcome = await store.TransactAsync(tx => ledger.ReleaseAsync(tx, Request(3), () => throw new InvalidOperationException("drawn twice")));
            Assert.Equal((round == 1, 3m), (outcome.Replayed, outcome.Release!.Groups[0].Value));
        }

        Assert.Equal(1, await store.TransactAsync(OutboxReader.LastAsync));
        var unknown = await store.TransactAsync(tx => ledger.ReleaseAsync(tx, Request(7), () => Values()));
        Assert.Equal(RefusalCode.Unavailable, unknown.Refusal!.Code);
        Assert.Equal(5, (await store.TransactAsync(tx => ledger.HistoryAsync(tx, Account))).Single().Releases);
        Assert.Null(await ledger.GrantAsync(Account, Day, Pure(5), "on the word of the board"));
    }

    [Fact]
    public async Task A_history_is_asked_outside_of_transactions_since_the_account_may_need_one()
    {
        await using var store = new MemoryStore();
        ILedger ledger = new ShardedLedger(TestActor, Options);
        var history = ledger.HistoryAsync(store, Account).AsTask();
        await ExpectMsgAsync<AskHistory>();
        var asker = LastSender;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        Assert.Equal(0, await store.TransactAsync(OutboxReader.LastAsync, patience.Token));
        asker.Tell(new HistoryReply([]));
        Assert.Empty(await history);
    }

    [Fact]
    public async Task No_answer_is_no_budget()
    {
        await using var store = new MemoryStore();
        var ledger = new ShardedLedger(Sys.DeadLetters, Short);
        await ledger.PrepareAsync(Policy(), [new LedgerRequest(Request(0), () => Values())]);
        var outcome = await store.TransactAsync(tx => ledger.ReleaseAsync(tx, Request(0), () => Values()));
        Assert.Equal(RefusalCode.Unavailable, outcome.Refusal!.Code);
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.TransactAsync(tx => ledger.StatusAsync(tx, Account, Day)));
        Assert.Equal(StoreFailure.Unavailable, failure.Failure);
        Assert.Equal(0, await store.TransactAsync(OutboxReader.LastAsync));
    }

    [Fact]
    public async Task A_name_of_10_KB_is_refused_before_it_reaches_a_shard()
    {
        var name = new string('x', 10_000);
        await using var store = new MemoryStore();
        var ledger = new ShardedLedger(TestActor, Short);
        await ledger.PrepareAsync(Policy(account: name), [new LedgerRequest(Request(0, account: name), () => Values())]);
        Assert.Equal(RefusalCode.MalformedRequest, (await store.TransactAsync(tx => ledger.OpenAsync(tx, Policy(account: name))))!.Code);
        Assert.Null(await store.TransactAsync(tx => ledger.StatusAsync(tx, name, Day)));
        ExpectNoMsg(TimeSpan.FromMilliseconds(10));
        var extractor = new LedgerMessageExtractor(100);
        Assert.Null(extractor.EntityId(new AskStatus(name, 0)));
        Assert.Null(extractor.ShardId(new AskStatus(name, 0)));
        Assert.Null(extractor.EntityId("poison"));
        Assert.Equal(Account, extractor.EntityId(new AskStatus(Account, 0)));
    }

    [Fact]
    public void Shards_and_persistence_ids_never_change()
    {
        var extractor = new LedgerMessageExtractor(100);
        Assert.Equal(extractor.ShardId("logs"), new LedgerMessageExtractor(100).ShardId(new AskHistory("logs")));
        Assert.Equal("ledger/logs", PersistenceIds.Of("logs"));
        Assert.InRange(PersistenceIds.Of(new string('x', 256)).Length, 100, 255);
    }
}
