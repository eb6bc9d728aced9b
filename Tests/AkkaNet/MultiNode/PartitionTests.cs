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
        NodeProcess b, c;
        await using (var slow = await site.SlowAsync())
        {
            var a = await site.JoinAsync("a");
            b = await site.JoinAsync("b");
            c = await site.JoinAsync("c");
            await site.MoreAsync();
            Assert.True(site.Owns(a));

            network.CutOff("a");
            var before = site.Released;
            var taken = await site.SeenAsync("another owner", () => site.Epoch >= 2);
            site.Say($"partition, owner alone of three: {taken.TotalMilliseconds:0} ms until the majority has taken over, {site.Released - before} releases of the old owner meanwhile");
            await site.MoreAsync();
            var code = await a.ExitAsync();
            Assert.NotEqual(0, code);
            site.Say($"the owner that was cut off ended with exit code {code}: {a.Errors.Split('\n')[^1]}");
            slow.Hold = TimeSpan.FromMilliseconds(10);
        }

        await site.FinishAsync(b, c);
    }

    [NetworkFact]
    public async Task A_cut_that_heals_in_time_changes_nothing()
    {
        using var network = new NetworkLab(watchdog, ["a", "b", "c"]);
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"], network) { StableAfter = TimeSpan.FromSeconds(30), More = "akka.loglevel = INFO" };
        await site.CalmAsync();
        NodeProcess a, b, c;
        await using (var slow = await site.SlowAsync())
        {
            a = await site.JoinAsync("a");
            b = await site.JoinAsync("b");
            c = await site.JoinAsync("c");
            await site.MoreAsync();
            network.CutOff("a");
            await b.SaysAsync("Marking node(s) as UNREACHABLE");
            network.Join("a");
            await b.SaysAsync("Marking node(s) as REACHABLE");
            await site.MoreAsync();
            slow.Hold = TimeSpan.FromMilliseconds(10);
        }

        await site.FinishAsync(a, b, c);
        Assert.Contains($"@{network.AddressOf("a")}:", site.Assigned[0], StringComparison.Ordinal);
    }

    [NetworkFact]
    public async Task An_owner_that_one_node_hears_no_more_releases_nothing_twice()
    {
        using var network = new NetworkLab(watchdog, ["a", "b", "c"]);
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"], network);
        await site.CalmAsync();
        NodeProcess[] nodes;
        await using (var slow = await site.SlowAsync())
        {
            nodes = [await site.JoinAsync("a"), await site.JoinAsync("b"), await site.JoinAsync("c")];
            await site.MoreAsync();

            // The resolver takes down both ends of a way that is broken, since no majority can tell which of them lies.
            network.Deafen("a", "b");
            var taken = await site.SeenAsync("another owner", () => site.Epoch >= 2);
            site.Say($"one-way loss from the owner to one node: {taken.TotalMilliseconds:0} ms until another had taken over");
            await site.MoreAsync();
            slow.Hold = TimeSpan.FromMilliseconds(10);
        }

        foreach (var node in nodes)
        {
            site.Say($"node {node.Name} ended with exit code {await node.ExitAsync()}");
        }

        Assert.NotEqual(0, nodes[0].ExitCode);
        Assert.Contains(nodes, node => node.ExitCode == 0);
        await site.FinishAsync();
    }
}
