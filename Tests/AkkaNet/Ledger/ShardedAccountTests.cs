using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Tests.Support;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>Accounts in a region of one node: they leave memory, come back, and are remembered after a crash.</summary>
public sealed class ShardedAccountTests : ActorTestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly DirectoryInfo _directory;

    public ShardedAccountTests()
        : this(Directory.CreateTempSubdirectory("akkaprivacy-sharded-"))
    {
    }

    private ShardedAccountTests(DirectoryInfo directory)
        : base(Node(directory)) => _directory = directory;

    [Fact]
    public async Task An_account_that_left_memory_comes_back_with_the_same_state_and_releases()
    {
        var region = await JoinAsync(Sys, Options with { PassivateAfter = TimeSpan.FromMilliseconds(300), CachedReleases = 0 });
        await region.AcceptedAsync(new OpenAccount(Policy(10)));
        var release = await region.ReleasedAsync(Ask(0, 7, 1));
        Watch(await EntityAsync(Sys, region));
        await ExpectMsgAsync<Terminated>(Patience);
        Assert.Equal(ReleaseJson.ToUtf8(release), ReleaseJson.ToUtf8(await region.ReleasedAsync(Ask(0, 7, 2), replayed: true)));
        await region.RefusedAsync(RefusalCode.BudgetExceeded, Ask(1, 4));
        Assert.Equal(7, await region.SpentAsync());
    }

    [Fact]
    public async Task An_account_is_started_again_after_a_crash_before_anyone_asks()
    {
        var region = await JoinAsync(Sys, Options);
        await region.AcceptedAsync(new OpenAccount(Policy(10)));
        await region.ReleasedAsync(Ask(0, 7, 1));

        // No leaving and no hand-over: the node is gone, and the next one has the journal only.
        await Sys.Terminate();
        var next = ActorSystem.Create("test", Node(_directory));
        try
        {
            region = await JoinAsync(next, Options);
            Assert.False((await EntityAsync(next, region)).IsNobody());
            await region.ReleasedAsync(Ask(0, 7, 2), replayed: true);
            Assert.Equal(7, await region.SpentAsync());
        }
        finally
        {
            await next.Terminate();
        }
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    private static Akka.Configuration.Config Node(DirectoryInfo directory) => Complete(
        Parse("akka.remote.watch-failure-detector { heartbeat-interval = 100ms, acceptable-heartbeat-pause = 1s, expected-response-after = 100ms }")
            .WithFallback(Loopback)
            .WithFallback(Sqlite(directory.FullName)));

    private static async Task<IActorRef> JoinAsync(ActorSystem system, LedgerShardingOptions options)
    {
        using var patience = new CancellationTokenSource(Patience);
        await Cluster.Get(system).JoinAsync(Cluster.Get(system).SelfAddress, patience.Token);
        return LedgerSharding.Start(system, options, new StoppedClock());
    }

    // The account's supervisor, once it runs; asking the region for its state starts nothing.
    private async Task<IActorRef> EntityAsync(ActorSystem system, IActorRef region)
    {
        var found = ActorRefs.Nobody as IActorRef;
        await AwaitAssertAsync(
            async () =>
            {
                var state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Patience);
                var shard = Assert.Single(state.Shards, shard => shard.EntityIds.Contains(Account));
                found = await system.ActorSelection(region.Path / shard.ShardId / Account).ResolveOne(Patience);
            },
            Patience);
        return found;
    }
}
