using AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;

/// <summary>Tests with nodes as processes: one after the other, and beside no other test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealClusters : ICollectionFixture<WatchdogFixture>
{
    public const string Name = "clusters of processes";
}

/// <summary>One watchdog for all of them, and what they are compared with.</summary>
public sealed class WatchdogFixture : IDisposable
{
    public WatchdogFixture() => Calm = new CalmRuns(Watchdog);

    internal Watchdog Watchdog { get; } = new();

    internal CalmRuns Calm { get; }

    public void Dispose()
    {
        Watchdog.Dispose();
        Calm.Dispose();
    }
}
