using Akka.Actor;
using Akka.Configuration;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>Configurations and short ways to ask.</summary>
internal static class AccountSystem
{
    public const string Account = "logs";
    public const long Hour = 3_600_000;
    public static readonly long Day = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static readonly LedgerShardingOptions Options = new()
    {
        MinBackoff = TimeSpan.FromMilliseconds(20),
        MaxBackoff = TimeSpan.FromMilliseconds(100),
        AskTimeout = TimeSpan.FromSeconds(10),
        Shards = 10,
    };

    public static Config Memory { get; } = Parse(
        $"akka.persistence {{ journal.plugin = \"{StrictJournal.StrictPlugin}\", snapshot-store.plugin = \"akka.persistence.snapshot-store.inmem\" }}\n{StrictJournal.StrictHocon}");

    public static Config Loopback { get; } = Parse(
        """
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.cluster {
          min-nr-of-members = 1
          gossip-interval = 100ms
          leader-actions-interval = 100ms
          sharding { retry-interval = 100ms, updating-state-timeout = 5s, guardian-name = sharding }
          run-coordinated-shutdown-when-down = off
        }
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        """);

    public static Config Sqlite(string directory) => Parse(
        $$"""
        akka.persistence {
          journal { plugin = "akka.persistence.journal.sql", sql { class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql", connection-string = "Data Source={{directory}}/journal.db", provider-name = "SQLite.MS", auto-initialize = on } }
          snapshot-store { plugin = "akka.persistence.snapshot-store.sql", sql { class = "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore, Akka.Persistence.Sql", connection-string = "Data Source={{directory}}/journal.db", provider-name = "SQLite.MS", auto-initialize = on } }
        }
        """).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration);

    public static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    public static Config Complete(Config config) => config
        .WithFallback(Parse("akka.loglevel = OFF, akka.stdout-loglevel = OFF, akka.log-dead-letters = off, akka.actor.serialize-messages = off"))
        .WithFallback(LedgerConfiguration.Reference);

    public static IActorRef Start(ActorSystem system, string account = Account, LedgerShardingOptions? options = null, AkkaPrivacy.Engine.Ports.IStore? fence = null) =>
        system.ActorOf(Props.Create(() => new LedgerAccountActor(account, options ?? Options, new StoppedClock(), fence)));

    public static AccountPolicy Policy(long budget = 1_000_000, string account = Account) =>
        new() { Account = account, Measure = PrivacyMeasure.Pure, BudgetPerPeriod = Pure(budget) };

    public static PrivacyCost Pure(long nano) => PrivacyCost.FromUnits(PrivacyMeasure.Pure, nano);

    public static ReleaseRequest Request(int hour, long cost = 1, int maxWindows = 1000, string query = "q", string group = "g", string account = Account, long? epoch = null) => new()
    {
        Id = new ReleaseId(account, "pipe", query, "0123456789abcdef", new TimeWindow(Day + hour * Hour, Day + (hour + 1) * Hour)),
        CompositionGroup = group,
        MaxWindows = maxWindows,
        Cost = Pure(cost),
        Fence = epoch is { } number ? new Fence("pipeline/pipe", number) : null,
    };

    public static DrawnValues Values(decimal value = 42) => new()
    {
        Aggregate = "count",
        Mechanism = "discrete-laplace(scale=20)",
        GroupBy = ["path"],
        Groups = [new ReleasedGroup(["/a?b=\"1\"&c=é\U0001F600"], value, value - 1.50m, value + 1.5m)],
        Confidence = 0.95,
    };

    public static AskRelease Ask(int hour, long cost = 1, decimal value = 42, string account = Account, long? epoch = null) =>
        new(Request(hour, cost, account: account, epoch: epoch), Values(value));

    public static async Task<Release> ReleasedAsync(this ICanTell account, object command, bool replayed = false)
    {
        var reply = await account.Ask<object>(command, TimeSpan.FromSeconds(10));
        var released = reply as Released;
        Xunit.Assert.True(released is not null, reply.ToString());
        Xunit.Assert.Equal(replayed, released!.Replayed);
        return released.Release;
    }

    public static async Task<Refusal> RefusedAsync(this ICanTell account, RefusalCode code, object command)
    {
        var reply = await account.Ask<object>(command, TimeSpan.FromSeconds(10));
        var refused = reply as Refused;
        Xunit.Assert.True(refused?.Refusal.Code == code, reply.ToString());
        return refused!.Refusal;
    }

    public static async Task AcceptedAsync(this ICanTell account, object command) =>
        Xunit.Assert.IsType<Accepted>(await account.Ask<object>(command, TimeSpan.FromSeconds(10)));

    public static async Task<long> SpentAsync(this ICanTell account, string name = Account, long? at = null) =>
        (await account.Ask<StatusReply>(new AskStatus(name, at ?? Day), TimeSpan.FromSeconds(10))).Status!.Spent.Loss;

    public static async Task StoppedAsync(this IActorRef account, ActorSystem system)
    {
        _ = system;
        Xunit.Assert.True(await account.GracefulStop(TimeSpan.FromSeconds(10), StopAccount.Instance));
    }
}
