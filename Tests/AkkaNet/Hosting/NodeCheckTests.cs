using AkkaPrivacy.Tests.Hosting.Commands;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary><c>check FILE.conf --cluster CLUSTER.conf</c>.</summary>
public sealed class NodeCheckTests : IDisposable
{
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
    public async Task A_file_that_is_not_there_is_a_mistake() =>
        Assert.Equal(2, (await _program.RunAsync("check", TestProgram.AccessLogConf, "--cluster", _program.PathOf("none.conf"))).Code);
}
