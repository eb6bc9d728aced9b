using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;

/// <summary>Tests with nodes as processes: one after the other, and beside no other test.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealClusters : ICollectionFixture<WatchdogFixture>
{
    public const string Name = "clusters of processes";
}

/// <summary>One watchdog for all of them.</summary>
public sealed class WatchdogFixture : IDisposable
{
    internal Watchdog Watchdog { get; } = new();

    public void Dispose() => Watchdog.Dispose();
}
