using System.Diagnostics;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;

/// <summary>Nodes do not outlive tests that were killed.</summary>
[Collection(RealClusters.Name)]
public sealed class WatchdogTests
{
    [Fact]
    public async Task What_is_guarded_ends_with_the_watchdogs_input_and_nothing_else_does()
    {
        using var other = Start("other");
        var watchdog = new Watchdog();
        using var guarded = Start(watchdog.Value);
        watchdog.Guard(guarded.Id);
        watchdog.Guard(other.Id);
        watchdog.Dispose();
        await guarded.WaitForExitAsync().WaitAsync(Until.Patience);
        Assert.False(other.HasExited);
        other.Kill();
    }

    private static Process Start(string mark)
    {
        var start = new ProcessStartInfo("setsid", "sleep 600");
        start.Environment[Watchdog.Mark] = mark;
        return Process.Start(start)!;
    }
}
