using AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;
using AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;
using Xunit;
using Xunit.Abstractions;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode;

/// <summary>Nodes come and go in good order while the pipeline runs.</summary>
[Collection(RealClusters.Name)]
public sealed class JoinAndLeaveTests(WatchdogFixture watchdog, ITestOutputHelper output)
{
    [Fact]
    public async Task Nodes_that_join_disturb_nothing_and_one_that_is_asked_to_leave_hands_over()
    {
        await using var site = new ClusterSite(watchdog, output, ["a", "b", "c"]);
        await site.CalmAsync();
        var a = await site.JoinAsync("a");
        await site.MoreAsync();
        site.Input.Pour(5);
        var others = await site.JoinAsync("b", "c");
        await site.MoreAsync();
        Assert.True(site.Owns(a));
        Assert.Equal(1, site.Epoch);

        var before = 0L;
        await site.InTheMiddleAsync(windows: 20, releases: 4, () =>
        {
            before = site.Released;
            a.Signal(Posix.Terminate);
            return Task.CompletedTask;
        });
        var taken = await site.SeenAsync("another owner", () => site.Epoch >= 2);
        var released = await site.MoreAsync();
        site.Say($"hand-over after SIGTERM: {taken.TotalMilliseconds:0} ms to the new owner, everything released {released.TotalMilliseconds:0} ms later, {before} releases before");
        Assert.Equal(130, await a.ExitAsync());
        Assert.Contains("Interrupted: draining", a.Errors);
        Assert.False(site.Owns(a));
        await site.FinishAsync(others);
    }
}
