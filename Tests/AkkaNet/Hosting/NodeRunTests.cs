using AkkaPrivacy.Tests.Hosting.Commands;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary>A pipeline on a cluster of one node.</summary>
[Collection(NodeProgram.OneAtATime)]
public sealed class NodeRunTests : IDisposable
{
    private readonly NodeProgram _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task It_charges_the_account_in_the_cluster_and_a_second_run_spends_nothing()
    {
        var first = await _node.RunAsync();
        Assert.True(first.Code == 0, first.Error + first.Output);
        var spent = first.Json().GetProperty("spent").EnumerateArray().Sum(period => period.GetProperty("epsilon").GetDouble());
        Assert.True(spent > 0);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_node.Program.PathOf("a.db.journal")));
        }

        var second = await _node.RunAsync();
        Assert.Equal(0, second.Code);
        Assert.Equal(first.Values(), second.Values());
        Assert.Equal((0, spent), (second.Json().GetProperty("released").GetInt32(), second.Json().GetProperty("spent").EnumerateArray().Sum(period => period.GetProperty("epsilon").GetDouble())));
    }

    [Fact]
    public async Task A_running_total_is_refused_before_anything_is_read()
    {
        var result = await _node.RunAsync(string.Empty, "--set", NodeCheckTests.RunningTotal);
        Assert.Equal(2, result.Code);
        Assert.Contains("pipeline.queries.so-far.running: query 'so-far' is a running total", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_node.Program.PathOf("a.db")));
    }

    [Fact]
    public async Task A_node_without_accounts_asks_those_of_another()
    {
        var port = NodeProgram.FreePort();
        using var seed = await _node.SeedAsync(port);
        var result = await _node.RunAsync("akkaprivacy.cluster.node.roles = [pipeline]", "--port", $"{NodeProgram.FreePort()}", "--seed", $"127.0.0.1:{port}");
        Assert.True(result.Code == 0, result.Error);
        Assert.NotEqual(0, result.Json().GetProperty("spent").GetArrayLength());
        await seed.StopAsync();
    }

    [Fact]
    public async Task What_the_cluster_charged_is_not_charged_without_it()
    {
        Assert.Equal(0, (await _node.RunAsync()).Code);
        var embedded = await _node.EmbeddedAsync();
        Assert.Equal(2, embedded.Code);
        Assert.Contains("KeptElsewhere", embedded.Error, StringComparison.Ordinal);
        Assert.Contains("--runtime akka", embedded.Error, StringComparison.Ordinal);
        Assert.Contains("KeptElsewhere", (await _node.RunAsync("akkaprivacy.cluster.ledger.place = store")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_charged_on_the_store_is_not_charged_by_the_cluster_but_on_the_store()
    {
        var embedded = await _node.EmbeddedAsync();
        Assert.Equal(0, embedded.Code);
        var cluster = await _node.RunAsync();
        Assert.Equal(2, cluster.Code);
        Assert.Contains("akkaprivacy.cluster.ledger.place = store", cluster.Error, StringComparison.Ordinal);
        var store = await _node.RunAsync("akkaprivacy.cluster.ledger.place = store");
        Assert.True(store.Code == 0, store.Error);
        Assert.Equal(embedded.Values(), store.Values());
    }
}
