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

    [Fact]
    public async Task Events_of_version_1_are_written_and_read_as_ever()
    {
        var ledger = await new LedgerFixture().OpenedAsync();
        await ledger.Store.TransactAsync(tx => ledger.Ledger.GrantAsync(tx, Account, Day + 5, Pure(5), "agreed with the data protection officer"));
        await ledger.ReleasedAsync(Request(0, 1_000_000_005));
        var events = await ledger.EventsAsync();
        Assert.Equal(["opened/1", "granted/1", "charged/1"], events.Select(e => e.Type));
        Assert.Equal([Opened, Granted, Chained()], events.Select(e => Encoding.UTF8.GetString(e.Payload)));

        var old = new LedgerFixture();
        await old.Store.TransactAsync(tx => tx.AppendAsync($"ledger/{Account}", 0, [New("opened/1", Opened), New("granted/1", Granted), New("charged/1", Chained())]));
        var status = await old.StatusAsync();
        Assert.Equal((1_000_000_005L, 0L, 1), (status!.Spent.Loss, status.Left.Loss, status.Releases));
    }

    [Theory]
    [InlineData("charged/1", "not json", 2)]
    [InlineData("charged/1", "null", 2)]
    [InlineData("charged/1", "{}", 2)]
    [InlineData("charged/2", "{}", 2)]
    [InlineData("opened/1", Opened, 2)]
    [InlineData("charged/1", "CHARGED with loss -1", 2)]
    [InlineData("charged/1", "CHARGED with another field", 2)]
    [InlineData("charged/1", "CHARGED with another prev", 2)]
    [InlineData("charged/1", "CHARGED with another W and again", 3)]
    [InlineData("charged/1", "CHARGED beyond the budget", 2)]
    [InlineData("charged/1", "CHARGED in no period", 2)]
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
        return payload switch
        {
            "CHARGED with loss -1" => [New(type, charged.Replace("\"loss\":5", "\"loss\":-1"))],
            "CHARGED with another field" => [New(type, charged.Replace("\"loss\"", "\"x\":1,\"loss\""))],
            "CHARGED with another prev" => [New(type, charged.Replace(prev, "00"))],
            "CHARGED with another W and again" => [New(type, charged), New(type, again.Replace("\"max_windows\":1", "\"max_windows\":2"))],
            "CHARGED beyond the budget" => [New(type, charged.Replace("\"loss\":5", "\"loss\":1000000001"))],
            "CHARGED in no period" => [New(type, charged.Replace("\"period_start_ms\":1709251200000", "\"period_start_ms\":1709251200001"))],
            _ => [New(type, payload)],
        };
    }

    private static NewEvent New(string type, string payload) => new(type, Encoding.UTF8.GetBytes(payload));
}
