using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger.GroupCommit;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger.GroupCommit;

public sealed class GroupCommitTests
{
    private const int Calls = 12;

    [Fact]
    public async Task Requests_that_wait_together_share_a_transaction()
    {
        await using var ledgers = await new GroupFixture().OpenedAsync(("a", 1000), ("b", 1000));
        var answers = await Task.WhenAll(await ledgers.TogetherAsync([.. Enumerable.Range(0, 50).Select(i => Request(i % 24, 1, 24, $"q{i}", account: i % 2 == 0 ? "a" : "b"))]));
        Assert.All(answers, answer => Assert.NotNull(answer.Release));
        Assert.Equal(2, ledgers.Store.Transactions);
    }

    [Fact]
    public async Task The_same_release_twice_in_a_group_is_drawn_once()
    {
        await using var ledgers = await new GroupFixture().OpenedAsync(("a", 1000));
        var draws = 0;
        var answers = await Task.WhenAll(await ledgers.TogetherAsync(
            [Request(0, 1, account: "a"), Request(1, 1, account: "a"), Request(1, 1, account: "a")],
            request => Interlocked.Increment(ref draws) > 0 ? GroupFixture.ValuesOf(request) : null!));
        Assert.Equal([false, false, true], answers.Select(answer => answer.Replayed));
        Assert.Equal(answers[1].Release, answers[2].Release);
        Assert.Equal(2, draws);
    }

    [Theory]
    [InlineData(StoreFailure.Full)]
    [InlineData(StoreFailure.Unavailable)]
    [InlineData(StoreFailure.VersionConflict)]
    public async Task A_store_that_fails_anywhere_in_a_group_stores_nothing_and_the_group_can_be_asked_again(StoreFailure failure)
    {
        for (var call = 1; call <= Calls; call++)
        {
            await using var ledgers = await new GroupFixture().OpenedAsync(("t", 100), ("t/a", 100));
            var first = Request(0, 1, 24, account: "t/a", query: "first");
            Assert.NotNull((await ledgers.Ledger.ReleaseAsync(first, () => GroupFixture.ValuesOf(first))).Release);
            await ledgers.PlainAsync(first);
            (ledgers.Store.FailAtCall, ledgers.Store.Failure) = (call, failure);
            ReleaseRequest[] requests = [.. Enumerable.Range(0, 4).Select(i => Request(i, 2, 24, $"q{i}", account: i % 2 == 0 ? "t/a" : "t"))];
            var answers = await ledgers.TogetherAsync(requests);
            var failed = new List<ReleaseRequest>();
            foreach (var (request, answer) in requests.Zip(answers))
            {
                if (await Record.ExceptionAsync(() => answer) is { } thrown)
                {
                    Assert.Equal(failure, Assert.IsType<StoreException>(thrown).Failure);
                    failed.Add(request);
                }
                else
                {
                    await ledgers.PlainAsync(request);
                }
            }

            Assert.True(failed.Count > 0, $"call {call}");
            ledgers.Store.FailAtCall = 0;
            foreach (var request in failed)
            {
                Assert.NotNull((await ledgers.Ledger.ReleaseAsync(request, () => GroupFixture.ValuesOf(request))).Release);
                await ledgers.PlainAsync(request);
            }

            await ledgers.AssertEqualStoresAsync();
        }
    }

    [Fact]
    public async Task A_commit_whose_outcome_is_not_known_is_found_by_asking_again()
    {
        await using var ledgers = await new GroupFixture().OpenedAsync(("a", 100));
        ledgers.Store.LoseCommit = true;
        var request = Request(0, 1, account: "a");
        var lost = await Assert.ThrowsAsync<StoreException>(() => ledgers.Ledger.ReleaseAsync(request, () => Values(1)).AsTask());
        Assert.Equal(StoreFailure.CommitUnknown, lost.Failure);
        var again = await ledgers.Ledger.ReleaseAsync(request, () => Values(2));
        Assert.True(again.Replayed);
        Assert.Equal(1, again.Release!.Groups[0].Value);
    }

    [Fact]
    public async Task A_damaged_account_or_row_fails_its_own_requests_alone()
    {
        await using var ledgers = await new GroupFixture().OpenedAsync(("a", 100), ("b", 100));
        await ledgers.Inner.TransactAsync(tx => tx.AppendAsync("ledger/b", 1, [new NewEvent("charged/1", Encoding.UTF8.GetBytes("{}"))]));
        var answers = await Task.WhenAll(await ledgers.TogetherAsync([Request(0, 1, account: "a"), Request(0, 1, account: "b"), Request(1, 1, account: "a")]));
        Assert.Equal([null, RefusalCode.CorruptHistory, null], answers.Select(answer => answer.Refusal?.Code));

        // A checksum that does not fit is the store's failure; the requests are repeated one by one, so it strikes only once.
        (ledgers.Store.FailAtCall, ledgers.Store.Failure) = (1, StoreFailure.Corrupt);
        answers = await Task.WhenAll((await ledgers.TogetherAsync([Request(2, 1, account: "a"), Request(3, 1, account: "a")])).Skip(1));
        Assert.All(answers, answer => Assert.NotNull(answer.Release));
    }

    [Fact]
    public async Task An_owner_that_was_superseded_is_refused_and_the_others_are_not()
    {
        await using var ledgers = await new GroupFixture().OpenedAsync(("a", 100));
        await ledgers.Inner.TransactAsync(tx => tx.AcquireEpochAsync("pipeline/p"));
        await ledgers.Inner.TransactAsync(tx => tx.AcquireEpochAsync("pipeline/p"));
        var fenced = Request(1, 1, account: "a") with { Fence = new Fence("pipeline/p", 1) };
        var owner = Request(2, 1, account: "a") with { Fence = new Fence("pipeline/p", 2) };
        var answers = await Task.WhenAll(await ledgers.TogetherAsync([Request(0, 1, account: "a"), fenced, owner, Request(3, 1, account: "a")]));
        Assert.Equal([null, RefusalCode.SupersededOwner, null, null], answers.Select(answer => answer.Refusal?.Code));
        Assert.Null((await ledgers.Ledger.ReleaseAsync(Request(1, 1, account: "a"), () => Values())).Refusal);
        var known = await ledgers.Ledger.ReleaseAsync(fenced, () => Values());
        Assert.Equal(RefusalCode.SupersededOwner, known.Refusal?.Code);
    }

    [Fact]
    public async Task A_request_is_withdrawn_while_it_waits_and_answered_once_its_group_began()
    {
        await using var ledgers = await new GroupFixture(new() { MaxGroup = 1 }).OpenedAsync(("a", 100));
        ledgers.Store.Close();
        using var cancel = new CancellationTokenSource();
        var begun = ledgers.Ledger.ReleaseAsync(Request(0, 1, account: "a"), () => Values(), cancel.Token).AsTask();
        await ledgers.Store.Arrived;
        var next = ledgers.Ledger.ReleaseAsync(Request(1, 1, account: "a"), () => Values()).AsTask();
        var waits = ledgers.Ledger.ReleaseAsync(Request(2, 1, account: "a"), () => Values(), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        ledgers.Store.Release();
        Assert.NotNull((await begun).Release);
        Assert.NotNull((await next).Release);
        await ledgers.PlainAsync(Request(0, 1, account: "a"), _ => Values());
        await ledgers.PlainAsync(Request(1, 1, account: "a"), _ => Values());
        await ledgers.AssertEqualStoresAsync();
    }

    [Fact]
    public async Task Callers_beyond_the_queue_wait_and_may_leave()
    {
        await using var ledgers = await new GroupFixture(new() { MaxGroup = 1, MaxWaiting = 1 }).OpenedAsync(("a", 100));
        ledgers.Store.Close();
        using var cancel = new CancellationTokenSource();
        var asked = Enumerable.Range(0, 6).Select(i => ledgers.Ledger.ReleaseAsync(Request(i, 1, account: "a"), () => Values(), i == 5 ? cancel.Token : default).AsTask()).ToList();
        await ledgers.Store.Arrived;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked[5]);
        ledgers.Store.Release();
        Assert.All(await Task.WhenAll(asked.Take(5)), answer => Assert.NotNull(answer.Release));
    }

    [Fact]
    public async Task Disposal_answers_those_that_wait_and_takes_no_more()
    {
        var ledgers = await new GroupFixture(new() { MaxGroup = 2 }).OpenedAsync(("a", 100));
        ledgers.Store.Close();
        var asked = Enumerable.Range(0, 9).Select(i => ledgers.Ledger.ReleaseAsync(Request(i, 1, account: "a"), () => Values()).AsTask()).ToList();
        await ledgers.Store.Arrived;
        var disposal = ledgers.Ledger.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ledgers.Ledger.ReleaseAsync(Request(20, 1, account: "a"), () => Values()).AsTask());
        ledgers.Store.Release();
        Assert.All(await Task.WhenAll(asked), answer => Assert.NotNull(answer.Release));
        await disposal;
        await ledgers.DisposeAsync();
    }

    [Fact]
    public async Task What_was_prepared_is_new_to_the_transaction_that_finds_it()
    {
        await using var ledgers = await new GroupFixture().OpenedAsync();
        ILedger ledger = ledgers.Ledger;
        LedgerRequest[] asked = [.. Enumerable.Range(0, 3).Select(i => new LedgerRequest(Request(i, 40, 24, account: "a"), () => Values(i)))];
        await ledger.PrepareAsync(Policy(100, "a"), asked);
        for (var i = 0; i < 3; i++)
        {
            var outcome = await ledgers.Store.TransactAsync(tx => ledger.ReleaseAsync(tx, asked[i].Release, () => Values(99)));
            Assert.Equal((i < 2, false), (outcome.Release is not null, outcome.Replayed));
            Assert.Equal(i < 2 ? i : null, outcome.Release?.Groups[0].Value);
        }

        Assert.True((await ledgers.Store.TransactAsync(tx => ledger.ReleaseAsync(tx, asked[0].Release, () => Values(99)))).Replayed);
        Assert.Equal(80, (await ledgers.Store.TransactAsync(tx => ledger.StatusAsync(tx, "a", Day)))!.Spent.Loss);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(10_001, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1_000_001)]
    public void Options_out_of_range_are_refused(int group, int waiting) => Assert.Throws<ArgumentOutOfRangeException>(() =>
        new GroupCommitLedger(new MemoryStore(), TimeProvider.System, new GroupCommitOptions { MaxGroup = group, MaxWaiting = waiting }));
}
