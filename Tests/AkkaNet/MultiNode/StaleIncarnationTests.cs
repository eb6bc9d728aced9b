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
        NodeProcess b, c;
        await using (var slow = await site.SlowAsync())
        {
            var a = await site.JoinAsync("a");
            b = await site.JoinAsync("b");
            c = await site.JoinAsync("c");
            await site.MoreAsync();
            using (await slow.HoldAsync())
            using (Sql.Lock(site.Journal))
            {
                // A process that stands still inside of a transaction keeps a SQLite file locked for everybody.
                await a.StopAsync();
            }

            var taken = await site.SeenAsync("another owner", () => site.Epoch >= 2);
            await site.MoreAsync();
            site.Say($"the owner stood still: {taken.TotalMilliseconds:0} ms until another had taken over");
            a.Signal(Posix.Continue);
            var code = await a.ExitAsync();
            Assert.NotEqual(0, code);
            site.Say($"it woke and ended with exit code {code}: {a.Errors.Split('\n')[^1]}");
            Assert.False(site.Owns(a));
            slow.Hold = TimeSpan.FromMilliseconds(10);
        }

        await site.FinishAsync(b, c);
    }
}
