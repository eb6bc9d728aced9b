using Akka.Actor;
using Akka.Configuration;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Tests.AkkaNet.Ledger;
using AkkaPrivacy.Tests.Support;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary>The circuit breaker of a node's journal: what opens it, and how soon healing is noticed.</summary>
public sealed class JournalBreakerTests() : ActorTestKit(Complete(Parse(FailingJournal.Hocon).WithFallback(Memory).WithFallback(Node)))
{
    private const string Journal = "akka.persistence.journal-plugin-fallback.circuit-breaker";
    private const string Snapshots = "akka.persistence.snapshot-store-plugin-fallback.circuit-breaker";
    private static readonly ClusterSettings Settings = new() { JournalConnection = "Data Source=j.db" };

    private static Config Node => Parse($"{Journal} {{ {new ClusterConfiguration(Settings).Akka.GetConfig(Journal).Root} }}");

    [Theory]
    [InlineData(Journal)]
    [InlineData(Snapshots)]
    public void It_fits_the_patience_of_who_asks(string breaker)
    {
        var config = new ClusterConfiguration(Settings).Akka.GetConfig(breaker);
        var ledger = DerivedHocon.Ledger(Settings);
        Assert.Equal(10, config.GetInt("max-failures"));
        Assert.Equal(ledger.AskTimeout * ledger.Attempts / 2, config.GetTimeSpan("call-timeout"));
        Assert.Equal(TimeSpan.FromSeconds(1), config.GetTimeSpan("reset-timeout"));
    }

    [Fact]
    public void It_may_be_set_otherwise() => Assert.Equal(
        3, new ClusterConfiguration(Settings, Parse($"{Journal}.max-failures = 3")).Akka.GetInt($"{Journal}.max-failures"));

    [Fact]
    public async Task A_journal_that_has_healed_serves_the_question_that_met_it_broken()
    {
        // Nobody reads between the failures: each success would start the count anew.
        var sick = Enumerable.Range(0, 12).Select(i => $"broken-{i}").ToDictionary(name => name, name => Entity(name, TimeSpan.FromMinutes(1)));
        foreach (var (name, account) in sick)
        {
            Assert.IsType<StatusReply>(await account.Ask<ILedgerReply>(new AskStatus(name, Day), TimeSpan.FromSeconds(30)));
            FailingJournal.Faults[PersistenceIds.Of(name)] = new([JournalFault.Fails]);
        }

        await Task.WhenAll(sick.Select(account => account.Value.RefusedAsync(RefusalCode.Unavailable, new OpenAccount(Policy(account: account.Key)))));

        // As many attempts as by default, and the backoff of the default.
        var ledger = DerivedHocon.Ledger(Settings);
        var client = new LedgerClient(Entity("healed", ledger.MinBackoff), ledger);
        Assert.Equal(RefusalCode.Unavailable, Assert.IsType<Refused>(await client.AskOnceAsync(new OpenAccount(Policy(account: "healed")), CancellationToken.None)).Refusal.Code);
        Assert.IsType<Accepted>(await client.AskAsync(new OpenAccount(Policy(account: "healed")), CancellationToken.None));
    }

    private IActorRef Entity(string name, TimeSpan backoff) => Sys.ActorOf(LedgerSharding.EntityProps(
        name, Options with { Journal = FailingJournal.Plugin, MinBackoff = backoff, MaxBackoff = TimeSpan.FromMinutes(2) }, new StoppedClock(), null));
}
