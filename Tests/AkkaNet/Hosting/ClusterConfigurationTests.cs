using Akka.Configuration;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Ledger;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary>Settings as code gives them.</summary>
public sealed class ClusterConfigurationTests
{
    private static readonly ClusterSettings Good = new() { JournalConnection = "Data Source=j.db;Password=\"se\\cret\"" };

    [Fact]
    public void A_journal_is_all_that_a_single_node_needs()
    {
        var configuration = new ClusterConfiguration(Good);
        Assert.Equal("127.0.0.1:0", configuration.Settings.Name);
        Assert.Equal(Good.JournalConnection, configuration.Akka.GetString("akka.persistence.journal.sql.connection-string"));
    }

    [Fact]
    public void Every_mistake_is_told_at_once_with_its_key()
    {
        var errors = Errors(new ClusterSettings
        {
            JournalConnection = "",
            System = "a b",
            Port = 70_000,
            Seeds = ["nowhere"],
            Roles = ["cook"],
            Ledger = new LedgerShardingOptions { Shards = 0, MaxReleaseBytes = 10 << 20 },
            DrainTimeout = TimeSpan.Zero,
            SplitBrainStrategy = "guess",
            HealthHost = "everywhere",
        });
        string[] keys = ["journal.connection-string", "system", "node.port", "node.seeds", "node.roles", "ledger.shards", "ledger.max-message-bytes", "pipeline.drain-timeout", "split-brain.strategy", "health.host"];
        Assert.Equal(keys.Order(), errors.Select(error => error["akkaprivacy.cluster.".Length..].Split(':')[0]).Order());
        Assert.All(errors, error => Assert.Contains("allowed is", error, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_that_go_together_are_asked_for_together()
    {
        Assert.Contains("split-brain.quorum", Assert.Single(Errors(Good with { SplitBrainStrategy = "static-quorum" })), StringComparison.Ordinal);
        Assert.Contains("split-brain.lease", Assert.Single(Errors(Good with { SplitBrainStrategy = "lease-majority" })), StringComparison.Ordinal);
        Assert.Contains("node.port", Assert.Single(Errors(Good with { Seeds = ["127.0.0.1:2551"] })), StringComparison.Ordinal);
        Assert.Contains("singleton.backoff.max", Assert.Single(Errors(Good with { MaxBackoff = TimeSpan.FromMilliseconds(20) })), StringComparison.Ordinal);
        Assert.Contains("node.roles", Assert.Single(Errors(Good with { Roles = [] })), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_shared_changes_the_hash_and_what_is_of_one_node_does_not()
    {
        ClusterSettings[] shared =
        [
            Good with { Ledger = new LedgerShardingOptions { Shards = 65 } },
            Good with { Ledger = new LedgerShardingOptions { RememberEntities = false } },
            Good with { LedgerPlace = LedgerPlace.Store },
            Good with { StableAfter = TimeSpan.FromSeconds(11) },
            Good with { SplitBrainStrategy = "keep-oldest" },
            Good with { SnapshotEvery = 99 },
            Good with { OfferInterval = TimeSpan.FromSeconds(2) },
            Good with { JournalProvider = "PostgreSQL.15" },
        ];
        Assert.Equal(shared.Length + 1, shared.Append(Good).Select(Hash).Distinct().Count());
        var own = Good with { Name = "a", Port = 1234, Roles = ["pipeline"], JoinTimeout = TimeSpan.FromSeconds(5), HealthPort = 8080, JournalConnection = "x" };
        Assert.Equal(Hash(Good), Hash(own));
    }

    [Fact]
    public void Configuration_of_ones_own_is_laid_over_ours_but_not_over_what_settings_decide()
    {
        var akka = new ClusterConfiguration(
            Good with { Host = "10.0.0.7" },
            ConfigurationFactory.ParseString("akka.loglevel = DEBUG, akka.remote.dot-netty.tcp.hostname = elsewhere, akkaprivacy.dispatchers.stages.dedicated-thread-pool.thread-count = 77")).Akka;
        Assert.Equal(("DEBUG", "10.0.0.7", 77), (akka.GetString("akka.loglevel"), akka.GetString("akka.remote.dot-netty.tcp.hostname"), akka.GetInt("akkaprivacy.dispatchers.stages.dedicated-thread-pool.thread-count")));
        Assert.Equal("fail", akka.GetString("akka.persistence.journal-plugin-fallback.replay-filter.mode"));
    }

    private static string Hash(ClusterSettings settings) => new ClusterConfiguration(settings).Hash;

    private static IReadOnlyList<string> Errors(ClusterSettings settings) =>
        Assert.Throws<ClusterConfigurationException>(() => new ClusterConfiguration(settings)).Errors;
}
