using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Tests.Hosting.Commands;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary><c>check FILE.conf --cluster CLUSTER.conf</c>.</summary>
public sealed class NodeCheckTests : IDisposable
{
    /// <summary>A setting that adds a query 'so-far'.</summary>
    internal const string RunningTotal = "pipeline.queries.so-far={aggregate=count,running{every=1h,period=1d},bounds{windows=1},noise{epsilon=0.1}}";
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task It_shows_the_node_and_starts_nothing()
    {
        var file = _program.Write("node.conf", "akkaprivacy.cluster { node { name = a, port = 2551, seeds = [\"host-a:2551\"] }, journal.connection-string = \"Host=db;Password=secret\" }");
        var result = await _program.RunAsync("check", TestProgram.AccessLogConf, "--cluster", file, "--json");
        Assert.True(result.Code == 0, result.Error);
        var node = result.Json().GetProperty("node");
        Assert.Equal(("a", "cluster", 16), (node.GetProperty("name").GetString(), node.GetProperty("ledger").GetString(), node.GetProperty("settings_hash").GetString()!.Length));
        Assert.DoesNotContain("secret", result.Output, StringComparison.Ordinal);
        Assert.Contains("Node 'a' of the cluster 'akkaprivacy'", (await _program.RunAsync("check", TestProgram.AccessLogConf, "--cluster", file)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_of_both_files_are_listed_in_one_go()
    {
        var file = _program.Write("node.conf", "akkaprivacy { cluster = [ }");
        var result = await _program.RunAsync("check", TestProgram.AccessLogConf, "--set", "pipeline.confidence=2", "--cluster", file);
        Assert.Equal(2, result.Code);
        Assert.Contains("pipeline.confidence", result.Error, StringComparison.Ordinal);
        Assert.Contains($"{file}:1:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Running_totals_are_refused_by_name_where_the_cluster_keeps_accounts()
    {
        string[] pipeline = ["check", TestProgram.AccessLogConf, "--set", RunningTotal];
        var refused = await _program.RunAsync([.. pipeline, "--cluster", _program.Write("node.conf", string.Empty)]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("pipeline.queries.so-far.running: query 'so-far' is a running total", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _program.RunAsync(pipeline)).Code);
        var kept = await _program.RunAsync([.. pipeline, "--cluster", _program.Write("store.conf", "akkaprivacy.cluster.ledger.place = store")]);
        Assert.True(kept.Code == 0, kept.Error);
    }

    [Fact]
    public void A_plan_with_running_totals_is_refused_when_it_is_offered()
    {
        var plan = ConfigurationLoader.Load(new ConfigurationRequest { File = TestProgram.AccessLogConf, Set = [RunningTotal] }).Plan;
        var exception = Assert.Throws<PlanException>(() => ClusterPlan.Check(plan, new ClusterSettings { JournalConnection = "Data Source=none" }));
        Assert.Contains("query 'so-far'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_a_mistake() =>
        Assert.Equal(2, (await _program.RunAsync("check", TestProgram.AccessLogConf, "--cluster", _program.PathOf("none.conf"))).Code);
}
