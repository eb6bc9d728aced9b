using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Pattern;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>Starts the ledger's shard region on a node, or a proxy on a node that holds no accounts.</summary>
public static class LedgerSharding
{
    private const double RandomFactor = 0.2;

    /// <summary>Starts the region; called once on each node that holds accounts.</summary>
    /// <param name="system">A system of a cluster, with <see cref="LedgerConfiguration.Reference"/> as fallback.</param>
    /// <param name="options">The options; the same on every node.</param>
    /// <param name="time">The clock, for the instants that events and receipts carry.</param>
    /// <param name="fence">A store that every node shares: each account takes the epoch of <c>ledger/{account}</c> there
    /// and stores nothing once another incarnation has taken a newer one. Null relies on the journal, which refuses a
    /// second event of the same sequence number.</param>
    /// <returns>The region: what <see cref="ShardedLedger"/> asks.</returns>
    public static IActorRef Start(ActorSystem system, LedgerShardingOptions options, TimeProvider time, IStore? fence = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        // The extension adds its own reference to the configuration, which the settings are read from.
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system)
            .WithRole(Role(options))
            .WithRememberEntities(options.RememberEntities);
        return sharding.Start(
            options.TypeName,
            account => EntityProps(account, options, time, fence),
            settings.WithJournalPluginId(options.Journal).WithSnapshotPluginId(options.SnapshotStore),
            new LedgerMessageExtractor(options.Shards),
            sharding.DefaultShardAllocationStrategy(settings),
            StopAccount.Instance);
    }

    /// <summary>Starts a proxy on a node that holds no accounts.</summary>
    /// <param name="system">A system of a cluster, with <see cref="LedgerConfiguration.Reference"/> as fallback.</param>
    /// <param name="options">The same options as on the nodes that do.</param>
    /// <returns>The proxy: what <see cref="ShardedLedger"/> asks.</returns>
    public static IActorRef StartProxy(ActorSystem system, LedgerShardingOptions options)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        return ClusterSharding.Get(system).StartProxy(options.TypeName, Role(options)!, new LedgerMessageExtractor(options.Shards));
    }

    /// <summary>An account under its supervisor: a failure of the journal stops the account, which is started again after
    /// a backoff and says meanwhile that it is not there.</summary>
    internal static Props EntityProps(string account, LedgerShardingOptions options, TimeProvider time, IStore? fence) => On(options, BackoffSupervisor.Props(
        Backoff.OnStop(On(options, Props.Create(() => new LedgerAccountActor(account, options, time, fence))), "account", options.MinBackoff, options.MaxBackoff, RandomFactor, -1)
            .WithAutoReset(options.MinBackoff)
            .WithFinalStopMessage(message => message is StopAccount)
            .WithReplyWhileStopped(Refused.With(RefusalCode.Unavailable, $"Account '{account}' is being started again after a failure of its journal. Ask again."))));

    private static Props On(LedgerShardingOptions options, Props props) => options.Dispatcher.Length == 0 ? props : props.WithDispatcher(options.Dispatcher);

    private static string? Role(LedgerShardingOptions options) => options.Role.Length == 0 ? null : options.Role;
}
