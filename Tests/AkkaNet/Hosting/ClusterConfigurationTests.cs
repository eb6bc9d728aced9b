using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

public sealed class ClusterConfigurationTests
{
    private const string Journal = "akkaprivacy.cluster.journal.connection-string = \"Data Source=j.db;Password=secret\"";

    [Fact]
    public void A_journal_is_all_that_a_single_node_needs()
    {
        var settings = ClusterConfiguration.Load(Journal).Settings;
        Assert.Equal(("akkaprivacy", "127.0.0.1:0", 0, 64), (settings.System, settings.Name, settings.Port, settings.LedgerShards));
        Assert.Equal(["ledger", "pipeline"], settings.Roles);
    }

    [Fact]
    public void Without_a_journal_nothing_starts() =>
        Assert.Contains("journal.connection-string", Assert.Single(Errors("")), StringComparison.Ordinal);

    [Fact]
    public void Every_mistake_is_told_at_once_with_its_key()
    {
        var errors = Errors(
            Journal,
            """
            akkaprivacy.cluster {
              system = "a b", node { port = 70000, seeds = ["nowhere"], roles = [cook] }
              ledger.shards = 0, ledger.shard = 3
              pipeline.drain-timeout = soon, split-brain.strategy = guess
            }
            """);
        Assert.True(errors.Count == 8, string.Join("; ", errors));
        Assert.All(["system", "node.port", "node.seeds", "node.roles", "ledger.shards", "ledger.shard:", "pipeline.drain-timeout", "split-brain.strategy"], key =>
            Assert.Contains(errors, error => error.StartsWith($"akkaprivacy.cluster.{key}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("split-brain { strategy = static-quorum }", "split-brain.quorum")]
    [InlineData("split-brain { strategy = lease-majority }", "split-brain.lease")]
    [InlineData("node.seeds = [\"127.0.0.1:2551\"]", "node.port")]
    [InlineData("singleton.backoff { min = 2s, max = 1s }", "singleton.backoff.max")]
    public void Settings_that_go_together_are_asked_for_together(string hocon, string key) =>
        Assert.Contains(key, Assert.Single(Errors(Journal, "akkaprivacy.cluster { " + hocon + " }")), StringComparison.Ordinal);

    [Theory]
    [InlineData("ledger.shards = 65")]
    [InlineData("split-brain.stable-after = 11s")]
    [InlineData("split-brain.strategy = keep-oldest")]
    [InlineData("singleton.snapshot-every = 99")]
    [InlineData("pipeline.offer-interval = 2s")]
    [InlineData("journal.provider = PostgreSQL.15")]
    public void What_is_shared_changes_the_hash(string hocon) => Assert.NotEqual(Hash("ledger.shards = 64"), Hash(hocon));

    [Theory]
    [InlineData("node { name = a, port = 1234, roles = [pipeline] }")]
    [InlineData("join.timeout = 5s")]
    public void What_is_of_one_node_does_not(string hocon) => Assert.Equal(Hash("ledger.shards = 64"), Hash(hocon));

    [Fact]
    public void The_file_of_the_repository_is_the_one_that_is_built_in()
    {
        var file = File.ReadAllText(Path.Combine(Repository.Root, "hocon", "cluster.conf"));
        Assert.Equal(Hash("ledger.shards = 64"), ClusterConfiguration.Load(file.Replace("connection-string = \"\"", "connection-string = x", StringComparison.Ordinal)).Hash);
    }

    private static string Hash(string hocon) => ClusterConfiguration.Load(Journal, "akkaprivacy.cluster { " + hocon + " }").Hash;

    private static IReadOnlyList<string> Errors(params string[] layers) =>
        Assert.Throws<ClusterConfigurationException>(() => ClusterConfiguration.Load(layers)).Errors;
}
