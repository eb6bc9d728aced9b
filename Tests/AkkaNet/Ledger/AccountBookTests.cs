using System.Text;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Tests.Support;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>The account's knowledge without an actor: forms that were written once, and the same answers as the ledger
/// on a store.</summary>
public sealed class AccountBookTests
{
    [Fact]
    public void Forms_that_were_written_once_stay_readable()
    {
        var book = new AccountBook(Account);
        var decider = new BookDecider(book, 1 << 20);
        ILedgerCommand[] commands = [new MarkBelow(Account, "logs/a"), new OpenAccount(Policy()), Ask(0, 5, 1.50m, epoch: 3), Ask(0, 5, epoch: 4), new GrantBudget(Account, Day, Pure(9), "why")];
        var stored = new AccountBook(Account);
        for (var i = 0; i < Literals.Length; i++)
        {
            stored.Apply(new JournalEvent(Literals[i].Form, Encoding.UTF8.GetBytes(Literals[i].Json)), i + 1);
            Assert.Null(stored.Fault);
        }

        Assert.True(stored.HasDescendants);
        Assert.Equal((5L, 1), (stored.Folded.State.Period(Day).Spent.Loss, stored.Folded.State.Period(Day).Releases));
        Assert.Equal(3, stored.Find(Request(0).Id));
        Assert.Equal(4, stored.Owners["pipeline/pipe"]);

        // And this version still writes them so, where what is decided first does not stand in the way.
        var written = new List<JournalEvent>();
        foreach (var command in commands[1..])
        {
            Write(book, decider, command, written);
        }

        Assert.Equal(Written.Select(item => $"{item.Form} {item.Json}"), written.Select(item => $"{item.Form} {Encoding.UTF8.GetString(item.Payload)}"));
    }

    [Theory]
    [InlineData("released/3", "{}", "newer version")]
    [InlineData("released/2", "{}", "malformed")]
    [InlineData("released/1", "{}", "malformed")]
    [InlineData("released/1", "[", "malformed")]
    [InlineData("opened/1", "{}", "malformed")]
    [InlineData("owned/1", "null", "null")]
    [InlineData("charged/1", "{}", "newer version")]
    public void What_cannot_be_read_closes_the_account_with_its_reason(string form, string json, string reason)
    {
        var book = Opened();
        book.Apply(new JournalEvent(form, Encoding.UTF8.GetBytes(json)), 2);
        book.Apply(new JournalEvent(JournalForms.Below, "{\"account\":\"logs/a\",\"at_ms\":1}"u8.ToArray()), 3);
        Assert.False(book.HasDescendants);
        var refusal = Assert.IsType<Refused>(new BookDecider(book, 1 << 20).Decide(Ask(0), 0).Reply).Refusal;
        Assert.Equal(RefusalCode.CorruptHistory, refusal.Code);
        Assert.Contains("Event 2 of the journal of account 'logs'", refusal.Message);
        Assert.Contains(reason, refusal.Message);
    }

    [Fact]
    public void A_snapshot_of_a_newer_version_or_another_account_closes_the_account()
    {
        var snapshot = BookSnapshot.Write(Opened());
        foreach (var (account, form) in new[] { (Account, "account/2"), ("other", "account/1") })
        {
            var book = new AccountBook(account);
            book.Restore(snapshot with { Form = form });
            Assert.Contains("Delete it", book.Fault);
        }

        var damaged = new AccountBook(Account);
        damaged.Restore(snapshot with { Payload = snapshot.Payload[..^2] });
        Assert.NotNull(damaged.Fault);
    }

    [Fact]
    public void A_snapshot_holds_24_bytes_of_each_release_and_no_value()
    {
        var book = Opened();
        var decider = new BookDecider(book, 1 << 20);
        for (var hour = 0; hour < 24; hour++)
        {
            for (var query = 0; query < 50; query++)
            {
                Write(book, decider, new AskRelease(Request(hour, query: $"q{query}"), Values() with { Mechanism = new string('x', 2000) }), []);
            }
        }

        // 32 base64 characters for each of 1,200 releases, and 24 windows of one group.
        Assert.InRange(BookSnapshot.Write(book).Payload.Length, 32 * 1200, 32 * 1200 + 2500);
    }

    [Fact]
    public async Task Answers_equal_those_of_the_ledger_on_a_store_on_random_sequences()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var random = new Random(seed);
            var policy = Policy(random.Next(50, 400));
            var store = new MemoryStore();
            var ledger = new BudgetLedger(new StoppedClock());
            var nowMs = new StoppedClock().GetUtcNow().ToUnixTimeMilliseconds();
            var book = new AccountBook(Account);
            var sequence = 0L;
            BookDecision Decide(ILedgerCommand command)
            {
                var decision = new BookDecider(book, 1 << 20).Decide(command, nowMs);
                if (decision.Event is { } happened)
                {
                    book.Apply(happened, ++sequence);
                }

                return decision;
            }

            Assert.Null(await store.TransactAsync(tx => ledger.OpenAsync(tx, policy)));
            Decide(new OpenAccount(policy));
            for (var i = 0; i < 150; i++)
            {
                var group = random.Next(3);
                var request = Request(random.Next(40), random.Next(1, 40), group + 1, $"q{random.Next(8)}", $"g{group}");
                var expected = await store.TransactAsync(tx => ledger.ReleaseAsync(tx, request, () => Values()));
                var actual = Decide(new AskRelease(request, Values()));
                Assert.Null(book.Fault);
                Assert.True(expected.Replayed == actual.StoredAt > 0, $"seed {seed}, step {i}");
                Assert.Equal(expected.Refusal, (actual.Reply as Refused)?.Refusal);
                if (actual.Reply is Released released)
                {
                    Assert.Equal(ReleaseJson.ToUtf8(expected.Release!), ReleaseJson.ToUtf8(released.Release));
                }

                if (random.Next(10) == 0)
                {
                    var restored = new AccountBook(Account);
                    restored.Restore(BookSnapshot.Write(book));
                    Assert.Null(restored.Fault);
                    book = restored;
                }
            }

            var history = await store.TransactAsync(tx => ledger.HistoryAsync(tx, Account));
            Assert.Equal(history, ((HistoryReply)Decide(new AskHistory(Account)).Reply!).Periods);
        }
    }

    private static AccountBook Opened()
    {
        var book = new AccountBook(Account);
        Write(book, new BookDecider(book, 1 << 20), new OpenAccount(Policy()), []);
        return book;
    }

    private static void Write(AccountBook book, BookDecider decider, ILedgerCommand command, List<JournalEvent> written)
    {
        var happened = decider.Decide(command, 1709294400007).Event!;
        book.Apply(happened, book.Folded.Version + 1);
        Assert.Null(book.Fault);
        written.Add(happened);
    }

    private static readonly (string Form, string Json)[] Literals =
    [
        ("below/1", """{"account":"logs/a","at_ms":1709294400007}"""),
        ("opened/1", """{"prev":"","at_ms":1709294400007,"account":"logs","measure":"pure","budget_loss":1000000,"budget_atto_delta":0,"period_ms":86400000}"""),
        ("released/1", """{"charge":{"prev":"089028821002a8c65b03a9255ed12864c1e9173a0ffedc98422cc8ddf272ca31","at_ms":1709294400007,"release":"logs|pipe|0123456789abcdef|q|1001709251200000|3600000","period_start_ms":1709251200000,"window_start_ms":1709251200000,"window_end_ms":1709254800000,"composition_group":"g","max_windows":1000,"loss":5,"atto_delta":0},"owner":{"resource":"pipeline/pipe","epoch":3},"release":{"id":"logs|pipe|0123456789abcdef|q|1001709251200000|3600000","account":"logs","pipeline":"pipe","plan_hash":"0123456789abcdef","query":"q","window":{"start":"2024-03-01T00:00:00.000Z","end":"2024-03-01T01:00:00.000Z"},"aggregate":"count","mechanism":"discrete-laplace(scale=20)","group_by":["path"],"confidence":0.95,"groups":[{"key":["/a?b=\"1\"&c=é\uD83D\uDE00"],"value":1.50,"low":0.00,"high":3.00}],"receipt":{"period_start":"2024-03-01T00:00:00.000Z","composition_group":"g","max_windows":1000,"cost":{"measure":"pure","nano_epsilon":5},"charged":{"measure":"pure","nano_epsilon":5},"spent_in_period":{"measure":"pure","nano_epsilon":5},"left_in_period":{"measure":"pure","nano_epsilon":999995},"ledger_version":2,"stored_at":"2024-03-01T12:00:00.007Z"}}}"""),
        ("owned/1", """{"resource":"pipeline/pipe","epoch":4,"at_ms":1709294400007}"""),
        ("granted/1", """{"prev":"ee5bc6474f8969a5fc1a1f9c1b1e1a0b598bc9a551b8a930b2f135f7c50be31c","at_ms":1709294400007,"period_start_ms":1709251200000,"loss":9,"atto_delta":0,"reason":"why"}"""),
    ];
    // What is written now; never edit these either.
    private static readonly (string Form, string Json)[] Written =
    [
        Literals[1],
        ("released/2", """{"charge":{"prev":"089028821002a8c65b03a9255ed12864c1e9173a0ffedc98422cc8ddf272ca31","at_ms":1709294400007,"release":"logs|pipe|0123456789abcdef|q|1001709251200000|3600000","period_start_ms":1709251200000,"window_start_ms":1709251200000,"window_end_ms":1709254800000,"composition_group":"g","max_windows":1000,"loss":5,"atto_delta":0,"reason":"window-added","windows":1,"charged_loss":5,"charged_atto_delta":0,"spent_loss":5,"spent_atto_delta":0,"budget_loss":1000000,"budget_atto_delta":0,"values":"ac09ee82390d27b6ba53395287936892e58ae65474a70d4bd43ab02591ad3183"},"owner":{"resource":"pipeline/pipe","epoch":3},"release":{"id":"logs|pipe|0123456789abcdef|q|1001709251200000|3600000","account":"logs","pipeline":"pipe","plan_hash":"0123456789abcdef","query":"q","window":{"start":"2024-03-01T00:00:00.000Z","end":"2024-03-01T01:00:00.000Z"},"aggregate":"count","mechanism":"discrete-laplace(scale=20)","group_by":["path"],"confidence":0.95,"groups":[{"key":["/a?b=\"1\"&c=é\uD83D\uDE00"],"value":1.50,"low":0.00,"high":3.00}],"receipt":{"period_start":"2024-03-01T00:00:00.000Z","composition_group":"g","max_windows":1000,"cost":{"measure":"pure","nano_epsilon":5},"charged":{"measure":"pure","nano_epsilon":5},"spent_in_period":{"measure":"pure","nano_epsilon":5},"left_in_period":{"measure":"pure","nano_epsilon":999995},"ledger_version":2,"stored_at":"2024-03-01T12:00:00.007Z","reason":"window-added","windows":1,"spent_before":{"measure":"pure","nano_epsilon":0},"budget":{"measure":"pure","nano_epsilon":1000000},"previous_event":"089028821002a8c65b03a9255ed12864c1e9173a0ffedc98422cc8ddf272ca31","event":"7f5a2f837ff5313e75c0c86b7880dbae8215557b9c7ef9512734ba9cbda3748d","values":"ac09ee82390d27b6ba53395287936892e58ae65474a70d4bd43ab02591ad3183","above":[]}}}"""),
        Literals[3],
        ("granted/1", """{"prev":"7f5a2f837ff5313e75c0c86b7880dbae8215557b9c7ef9512734ba9cbda3748d","at_ms":1709294400007,"period_start_ms":1709251200000,"loss":9,"atto_delta":0,"reason":"why"}"""),
    ];
}
