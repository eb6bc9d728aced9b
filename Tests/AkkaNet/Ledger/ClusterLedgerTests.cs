using Akka.Actor;
using Akka.Cluster;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Tests.Support;
using Xunit;
using static AkkaPrivacy.Tests.AkkaNet.Ledger.AccountSystem;

namespace AkkaPrivacy.Tests.AkkaNet.Ledger;

/// <summary>Two nodes of a cluster on loopback, with one journal.</summary>
public sealed class ClusterLedgerTests : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akkaprivacy-cluster-");
    private readonly List<ActorSystem> _systems = [];

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_systems.Select(system => system.Terminate()));
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Accounts_move_to_another_node_without_a_second_draw()
    {
        var first = await JoinAsync();
        await using var store = new MemoryStore();
        var names = Enumerable.Range(0, 4).Select(i => $"site-{i}").ToList();
        var before = new Dictionary<string, byte[]>();
        var ledger = new ShardedLedger(Region(first), Options);
        foreach (var name in names)
        {
            await ledger.PrepareAsync(Policy(10, name), [new LedgerRequest(Request(0, 7, account: name), () => Values(1))]);
            var outcome = await store.TransactAsync(tx => ledger.ReleaseAsync(tx, Request(0, 7, account: name), () => Values(9)));
            before[name] = ReleaseJson.ToUtf8(outcome.Release!);
        }

        var second = await JoinAsync();
        var other = new ShardedLedger(Region(second), Options);
        await Cluster.Get(first).LeaveAsync();
        await first.Terminate();
        await using var copies = new MemoryStore();
        foreach (var name in names)
        {
            await other.PrepareAsync(Policy(10, name), [new LedgerRequest(Request(0, 7, account: name), () => Values(2)), new LedgerRequest(Request(1, 4, account: name), () => Values(3))]);
            var known = await copies.TransactAsync(tx => other.ReleaseAsync(tx, Request(0, 7, account: name), () => Values(9)));
            Assert.True(known.Replayed, known.Refusal?.Message);
            Assert.Equal(before[name], ReleaseJson.ToUtf8(known.Release!));
            var refused = await copies.TransactAsync(tx => other.ReleaseAsync(tx, Request(1, 4, account: name), () => Values(9)));
            Assert.Equal(RefusalCode.BudgetExceeded, refused.Refusal!.Code);
            Assert.Equal(7, (await copies.TransactAsync(tx => other.StatusAsync(tx, name, Day)))!.Spent.Loss);
        }

        Assert.Equal(4, await copies.TransactAsync(OutboxReader.LastAsync));
    }

    private static IActorRef Region(ActorSystem system) => LedgerSharding.Start(system, Options, new StoppedClock());

    private async Task<ActorSystem> JoinAsync()
    {
        var system = ActorSystem.Create("ledger", Complete(Loopback.WithFallback(Sqlite(_directory.FullName))));
        _systems.Add(system);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Cluster.Get(system).JoinAsync(Cluster.Get(_systems[0]).SelfAddress, patience.Token);
        return system;
    }
}
