using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

public sealed class LedgerEventTests
{
    // Literal texts of version 1. They are stored in ledgers and must stay readable for ever: never edit them.
    private const string Opened = """{"prev":"","at_ms":1709294400007,"account":"tenant/site/logs","measure":"pure","budget_loss":1000000000,"budget_atto_delta":0,"period_ms":86400000}""";
    private const string Granted = """{"prev":"bd982b78295f8a9dccec926cc013de3ed9a0255827d2a08e89e8fad9e5f26b72","at_ms":1709294400007,"period_start_ms":1709251200000,"loss":5,"atto_delta":0,"reason":"agreed with the data protection officer"}""";
    private const string Charged = """{"prev":"PREV","at_ms":1709294400007,"release":"tenant/site/logs|pipe|0123456789abcdef|q|1001709251200000|3600000","period_start_ms":1709251200000,"window_start_ms":1709251200000,"window_end_ms":1709254800000,"composition_group":"g","max_windows":1,"loss":1000000005,"atto_delta":0}""";

    // The literal text of version 2 of a charge; never edit it either.
    private const string Proven = """{"prev":"PREV","at_ms":1709294400007,"release":"tenant/site/logs|pipe|0123456789abcdef|q|1001709251200000|3600000","period_start_ms":1709251200000,"window_start_ms":1709251200000,"window_end_ms":1709254800000,"composition_group":"g","max_windows":1,"loss":1000000005,"atto_delta":0,"reason":"window-added","windows":1,"charged_loss":1000000005,"charged_atto_delta":0,"spent_loss":1000000005,"spent_atto_delta":0,"budget_loss":1000000005,"budget_atto_delta":0,"values":"539ce5cdae9ba8c509d6fc6326790fd879c224eed8518d780a6802c42e339ddb"}""";

    [Fact]
    public async Task Events_of_version_1_are_written_and_read_as_ever()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        await ledger.Store.TransactAsync(tx => ledger.Ledger.GrantAsync(tx, Account, Day + 5, Pure(5), "agreed with the data protection officer"));
        await ledger.ReleasedAsync(Request(0, 1_000_000_005));
        var events = await ledger.EventsAsync();
        Assert.Equal(["opened/1", "granted/1", "charged/2"], events.Select(e => e.Type));
        Assert.Equal([Opened, Granted, Proven.Replace("PREV", LedgerEventCodec.Hash("granted/1", Encoding.UTF8.GetBytes(Granted)))], events.Select(e => Encoding.UTF8.GetString(e.Payload)));

        var old = new LedgerFixture();
        await old.Store.TransactAsync(tx => tx.AppendAsync($"ledger/{Account}", 0, [New("opened/1", Opened), New("granted/1", Granted), New("charged/1", Chained())]));
        var status = await old.StatusAsync();
        Assert.Equal((1_000_000_005L, 0L, 1), (status!.Spent.Loss, status.Left.Loss, status.Releases));
    }

    // Literal texts of the events by which people change an account, as above: never edit them.
    private const string OpenedA = """{"prev":"","at_ms":1709294400007,"account":"a","measure":"pure","budget_loss":10,"budget_atto_delta":0,"period_ms":86400000}""";
    private const string OpenedB = """{"prev":"","at_ms":1709294400007,"account":"b","measure":"pure","budget_loss":10,"budget_atto_delta":0,"period_ms":86400000}""";
    private const string Out = """{"prev":"PREV","at_ms":1709294400007,"period_start_ms":1709251200000,"loss":3,"atto_delta":0,"to":"b","to_version":2,"reason":"agreed"}""";
    private const string In = """{"prev":"PREV","at_ms":1709294400007,"period_start_ms":1709251200000,"loss":3,"atto_delta":0,"from":"a","from_version":2,"reason":"agreed"}""";
    private const string Set = """{"prev":"PREV","at_ms":1709294400007,"from_ms":1709337600000,"budget_loss":12,"budget_atto_delta":0,"period_ms":3600000,"reason":"agreed"}""";
    private const string Closed = """{"prev":"PREV","at_ms":1709294400007,"reason":"the study has ended"}""";

    [Fact]
    public async Task Changes_of_version_1_are_written_and_read_as_ever()
    {
        var a = Chain(("opened/1", OpenedA), ("transferred-out/1", Out), ("policy-set/1", Set), ("closed/1", Closed));
        var b = Chain(("opened/1", OpenedB), ("transferred-in/1", In));
        var ledger = await new LedgerFixture().OpenedAsync(Policy(10, "a"));
        await ledger.OpenedAsync(Policy(10, "b"));
        Assert.Null((await AccountChangeTests.MoveAsync(ledger, "a", "b", 3)).Refusal);
        Assert.Null(await AccountChangeTests.SetAsync(ledger, Policy(12, "a") with { Period = TimeSpan.FromHours(1) }, Day + (24 * Hour)));
        Assert.Null(await AccountChangeTests.CloseAsync(ledger, "a"));
        Assert.Equal(a.Select(Text), (await ledger.EventsAsync("a")).Select(e => (e.Type, Encoding.UTF8.GetString(e.Payload))));
        Assert.Equal(b.Select(Text), (await ledger.EventsAsync("b")).Select(e => (e.Type, Encoding.UTF8.GetString(e.Payload))));

        var old = new LedgerFixture();
        await old.Store.TransactAsync(tx => tx.AppendAsync("ledger/a", 0, a));
        Assert.Equal((7L, 12L), ((await old.StatusAsync(0, "a"))!.Left.Loss, (await old.StatusAsync(24, "a"))!.Left.Loss));
        await old.RefusedAsync(RefusalCode.AccountClosed, Request(0, 1, account: "a"));
    }

    [Theory]
    [InlineData("transferred-out/1", Out, "\"loss\":3", "\"loss\":11")]
    [InlineData("transferred-out/1", Out, "\"loss\":3", "\"loss\":-3")]
    [InlineData("transferred-out/1", Out, "\"to_version\":2", "\"to_version\":0")]
    [InlineData("transferred-in/1", In, "\"from\":\"a\"", "\"from\":\"a//\"")]
    [InlineData("transferred-in/1", In, "1709251200000", "1709251200001")]
    [InlineData("transferred-in/1", In, "\"loss\":3", "\"loss\":9223372036854775807")]
    [InlineData("policy-set/1", Set, "\"budget_loss\":12", "\"budget_loss\":0")]
    [InlineData("policy-set/1", Set, "\"period_ms\":3600000", "\"period_ms\":1")]
    [InlineData("policy-set/1", Set, "1709337600000", "1709337600001")]
    [InlineData("closed/1", Closed, "\"reason\"", "\"why\"")]
    public async Task A_change_that_cannot_follow_is_corrupt(string type, string payload, string what, string with)
    {
        var ledger = new LedgerFixture();
        await ledger.Store.TransactAsync(tx => tx.AppendAsync("ledger/a", 0, Chain(("opened/1", OpenedA), (type, payload.Replace(what, with)))));
        Assert.Contains("Event 2 of stream 'ledger/a'", (await ledger.RefusedAsync(RefusalCode.CorruptHistory, Request(0, 1, account: "a"))).Message);
    }

    [Fact]
    public async Task Nothing_follows_the_closing()
    {
        var ledger = new LedgerFixture();
        await ledger.Store.TransactAsync(tx => tx.AppendAsync("ledger/a", 0, Chain(("opened/1", OpenedA), ("closed/1", Closed), ("closed/1", Closed))));
        Assert.Contains("Event 3", (await ledger.RefusedAsync(RefusalCode.CorruptHistory, Request(0, 1, account: "a"))).Message);
    }

    [Theory]
    [InlineData("charged/1", "not json", 2)]
    [InlineData("charged/1", "null", 2)]
    [InlineData("charged/1", "{}", 2)]
    [InlineData("charged/2", "{}", 2)]
    [InlineData("charged/3", "{}", 2)]
    [InlineData("opened/1", Opened, 2)]
    [InlineData("charged/1", "CHARGED with loss -1", 2)]
    [InlineData("charged/1", "CHARGED with another field", 2)]
    [InlineData("charged/1", "CHARGED with another prev", 2)]
    [InlineData("charged/1", "CHARGED with another W and again", 3)]
    [InlineData("charged/1", "CHARGED beyond the budget", 2)]
    [InlineData("charged/1", "CHARGED in no period", 2)]
    [InlineData("charged/2", "PROVEN with another reason", 2)]
    [InlineData("charged/2", "PROVEN with no known reason", 2)]
    [InlineData("charged/2", "PROVEN with another sum", 2)]
    [InlineData("charged/2", "PROVEN with another charge", 2)]
    [InlineData("charged/2", "PROVEN with another budget", 2)]
    [InlineData("charged/2", "PROVEN without values", 2)]
    public async Task An_event_that_cannot_be_read_closes_the_account_and_names_its_place(string type, string payload, int version)
    {
        foreach (var cached in new[] { false, true })
        {
            var ledger = await new LedgerFixture().OpenedAsync();
            var prev = LedgerEventCodec.Hash("opened/1", (await ledger.EventsAsync())[0].Payload);
            var store = cached ? ledger : new LedgerFixture(ledger.Store);
            await ledger.Store.TransactAsync(tx => tx.AppendAsync($"ledger/{Account}", 1, Damage(type, payload, prev)));
            var refusal = await store.RefusedAsync(RefusalCode.CorruptHistory, Request(0, 1));
            Assert.Contains($"Event {version} of stream 'ledger/{Account}'", refusal.Message);
            Assert.Equal(RefusalCode.CorruptHistory, (await store.OpenAsync(Policy()))?.Code);
            var failure = await Assert.ThrowsAsync<StoreException>(() => store.StatusAsync());
            Assert.Equal(StoreFailure.Corrupt, failure.Failure);
        }
    }

    [Fact]
    public async Task A_charge_before_the_account_is_open_is_corrupt()
    {
        var ledger = new LedgerFixture();
        await ledger.Store.TransactAsync(tx => tx.AppendAsync($"ledger/{Account}", 0, [New("charged/1", Charged.Replace("PREV", ""))]));
        Assert.Contains("Event 1", (await ledger.RefusedAsync(RefusalCode.CorruptHistory, Request(0, 1))).Message);
    }

    private static string Chained() => Charged.Replace("PREV", LedgerEventCodec.Hash("granted/1", Encoding.UTF8.GetBytes(Granted)));

    private static NewEvent[] Damage(string type, string payload, string prev)
    {
        var charged = Charged.Replace("PREV", prev).Replace("1000000005", "5");
        var again = Charged.Replace("PREV", LedgerEventCodec.Hash("charged/1", Encoding.UTF8.GetBytes(charged))).Replace("1000000005", "5");
        var proven = Proven.Replace("PREV", prev).Replace("\"budget_loss\":1000000005", "\"budget_loss\":1000000000").Replace("1000000005", "5");
        return payload switch
        {
            "PROVEN with another reason" => [New(type, proven.Replace("window-added", "query-free"))],
            "PROVEN with no known reason" => [New(type, proven.Replace("window-added", "because"))],
            "PROVEN with another sum" => [New(type, proven.Replace("\"spent_loss\":5", "\"spent_loss\":4"))],
            "PROVEN with another charge" => [New(type, proven.Replace("\"charged_loss\":5", "\"charged_loss\":4"))],
            "PROVEN with another budget" => [New(type, proven.Replace("\"budget_loss\":1000000000", "\"budget_loss\":1000000001"))],
            "PROVEN without values" => [New(type, proven.Replace("539c", "539"))],
            "CHARGED with loss -1" => [New(type, charged.Replace("\"loss\":5", "\"loss\":-1"))],
            "CHARGED with another field" => [New(type, charged.Replace("\"loss\"", "\"x\":1,\"loss\""))],
            "CHARGED with another prev" => [New(type, charged.Replace(prev, "00"))],
            "CHARGED with another W and again" => [New(type, charged), New(type, again.Replace("\"max_windows\":1", "\"max_windows\":2"))],
            "CHARGED beyond the budget" => [New(type, charged.Replace("\"loss\":5", "\"loss\":1000000001"))],
            "CHARGED in no period" => [New(type, charged.Replace("\"period_start_ms\":1709251200000", "\"period_start_ms\":1709251200001"))],
            _ => [New(type, payload)],
        };
    }

    private static NewEvent[] Chain(params (string Type, string Payload)[] events)
    {
        var (chained, prev) = (new List<NewEvent>(), "");
        foreach (var (type, payload) in events)
        {
            chained.Add(New(type, payload.Replace("PREV", prev)));
            prev = LedgerEventCodec.Hash(type, chained[^1].Payload.Span);
        }

        return [.. chained];
    }

    private static (string Type, string Payload) Text(NewEvent item) => (item.Type, Encoding.UTF8.GetString(item.Payload.Span));

    private static NewEvent New(string type, string payload) => new(type, Encoding.UTF8.GetBytes(payload));
}
