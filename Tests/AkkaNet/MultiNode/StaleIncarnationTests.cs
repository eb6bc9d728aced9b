using AkkaPrivacy.Tests.AkkaNet.MultiNode.Checks;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode;

/// <summary>An owner stands still until others have removed it and gone on, and then goes on itself, not knowing.</summary>
[Collection(RealClusters.Name)]
public sealed class StaleIncarnationTests(WatchdogFixture watchdog, ITestOutputHelper output)
{
    [Fact]
    public async Task An_owner_that_stood_still_spends_nothing_when_it_wakes_and_goes()
    {
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"]);
        await site.CalmAsync();
        var nodes = await site.JoinAsync("a", "b", "c");
        var a = nodes[0];
        await site.MoreAsync();
        await site.ChargedAsync(windows: 2, async () =>
        {
            // It will go on exactly there. A process that stands still inside of a transaction keeps a SQLite file locked
            // for everybody.
            using (Sql.Lock(site.Journal))
            {
                await a.StopAsync();
            }
        });
        var taken = await site.SeenAsync("another owner", () => site.Epoch >= 2);
        await site.MoreAsync();
        site.Say($"the owner stood still: {taken.TotalMilliseconds:0} ms until another had taken over");
        a.Signal(Posix.Continue);
        var code = await a.ExitAsync();
        Assert.NotEqual(0, code);
        site.Say($"it woke and ended with exit code {code}: {a.Errors.Split('\n')[^1]}");
        Assert.False(site.Owns(a));
        await site.FinishAsync(nodes[1..]);
    }
}
