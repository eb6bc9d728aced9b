using AkkaPrivacy.Tests.AkkaNet.MultiNode.Network;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode;

/// <summary>The network between the nodes fails. Store and journal are files that all sides still reach: what keeps two
/// owners from releasing is not the network.</summary>
[Collection(RealClusters.Name)]
public sealed class PartitionTests(WatchdogFixture watchdog, ITestOutputHelper output)
{
    [NetworkFact]
    public async Task An_owner_in_the_minority_goes_down_and_the_majority_goes_on()
    {
        using var network = new NetworkLab(watchdog, ["a", "b", "c"]);
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"], network);
        await site.CalmAsync();
        var nodes = await site.JoinAsync("a", "b", "c");
        var a = nodes[0];
        await site.MoreAsync();
        Assert.True(site.Owns(a));

        network.CutOff("a");
        var before = site.Released;
        var taken = await site.SeenMeanwhileAsync("another owner", () => site.Epoch >= 2);
        site.Say($"partition, owner alone of three: {taken.TotalMilliseconds:0} ms until the majority has taken over, {site.Released - before} releases of the old owner meanwhile");
        await site.MoreAsync();
        var code = await a.ExitAsync();
        Assert.NotEqual(0, code);
        site.Say($"the owner that was cut off ended with exit code {code}: {a.Errors.Split('\n')[^1]}");
        await site.FinishAsync(nodes[1..]);
    }

    [NetworkFact]
    public async Task Three_of_five_go_on_and_the_two_with_the_owner_go_down()
    {
        string[] names = ["a", "b", "c", "d", "e"];
        using var network = new NetworkLab(watchdog, names);
        await using var site = new ClusterSite(watchdog, output, names, network);
        await site.CalmAsync();
        var nodes = await site.JoinAsync(names);
        await site.MoreAsync();
        Assert.True(site.Owns(nodes[0]));

        network.CutOff("a", "b");
        var before = site.Released;
        var taken = await site.SeenMeanwhileAsync("another owner", () => site.Epoch >= 2);
        site.Say($"partition, 3 of 5 and the owner among 2: {taken.TotalMilliseconds:0} ms until the majority has taken over, {site.Released - before} releases of the old owner meanwhile");
        await site.MoreAsync();
        foreach (var node in nodes[..2])
        {
            Assert.NotEqual(0, await node.ExitAsync());
        }

        Assert.Contains(nodes[2..], site.Owns);
        await site.FinishAsync(nodes[2..]);
    }

    [NetworkFact]
    public async Task A_cut_that_heals_in_time_changes_nothing()
    {
        using var network = new NetworkLab(watchdog, ["a", "b", "c"]);
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"], network) { StableAfter = TimeSpan.FromSeconds(30), More = "akka.loglevel = INFO" };
        await site.CalmAsync();
        var nodes = await site.JoinAsync("a", "b", "c");
        await site.MoreAsync();
        network.CutOff("a");
        site.Input.Pour(5);
        await nodes[1].SaysAsync("Marking node(s) as UNREACHABLE");
        network.Join("a");
        await nodes[1].SaysAsync("Marking node(s) as REACHABLE");
        await site.MoreAsync();
        Assert.Equal(1, site.Epoch);
        await site.FinishAsync(nodes);
        Assert.Contains($"@{network.AddressOf("a")}:", site.Assigned[0], StringComparison.Ordinal);
    }

    [NetworkFact]
    public async Task An_owner_that_one_node_hears_no_more_releases_nothing_twice()
    {
        using var network = new NetworkLab(watchdog, ["a", "b", "c"]);
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"], network);
        await site.CalmAsync();
        var nodes = await site.JoinAsync("a", "b", "c");
        await site.MoreAsync();

        // The resolver takes down both ends of a way that is broken, since no majority can tell which of them lies.
        network.Deafen("a", "b");
        var taken = await site.SeenMeanwhileAsync("another owner", () => site.Epoch >= 2);
        site.Say($"one-way loss from the owner to one node: {taken.TotalMilliseconds:0} ms until another had taken over");
        await site.MoreAsync();
        var code = await nodes[0].ExitAsync();
        Assert.NotEqual(0, code);
        site.Say($"the owner ended with exit code {code}");
        await site.FinishAsync([.. nodes.Where(node => !node.HasExited)]);
    }
}
