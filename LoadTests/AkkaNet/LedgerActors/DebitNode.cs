using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Persistence.Sql;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Storage.Sqlite;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>A node of the ledger's cluster, with clients in it. Runs in a process of its own.</summary>
internal sealed class DebitNode : IAsyncDisposable
{
    private const string Provider = "SQLite.MS";
    private const string Role = "ledger";
    private readonly ActorSystem _system;
    private readonly IActorRef _region;
    private readonly LedgerClient _client;
    private readonly SqliteStore? _fence;
    private readonly DebitLoad _load;

    private DebitNode(ActorSystem system, SqliteStore? fence, int index)
    {
        _system = system;
        _fence = fence;
        var options = new LedgerShardingOptions { Role = Role };
        _region = LedgerSharding.Start(system, options, TimeProvider.System, fence);
        _client = new LedgerClient(_region, options);
        _load = new DebitLoad($"client-{index}", async (request, values) => Require<Released>(await _client.AskAsync(new AskRelease(request, values), CancellationToken.None).ConfigureAwait(false)));
    }

    /// <summary>Where other nodes join.</summary>
    public string Address => Cluster.Get(_system).SelfAddress.ToString();

    /// <summary>Starts a node and its region.</summary>
    /// <param name="options">Which node.</param>
    public static async Task<DebitNode> StartAsync(DebitNodeOptions options)
    {
        SqliteJournal.UseWriteAheadLog(Provider, Connection(options.Directory));
        var system = ActorSystem.Create("debits", Configuration(options.Directory));
        var cluster = Cluster.Get(system);
        await cluster.JoinAsync(options.Seed.Length == 0 ? cluster.SelfAddress : Akka.Actor.Address.Parse(options.Seed)).ConfigureAwait(false);
        var fence = options.Fenced
            ? await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(options.Directory, "fence.db") }).ConfigureAwait(false)
            : null;
        return new DebitNode(system, fence, options.Index);
    }

    /// <summary>Waits until so many nodes hold shards, then opens the accounts.</summary>
    /// <param name="nodes">How many.</param>
    /// <param name="accounts">How many accounts.</param>
    public async Task OpenAsync(int nodes, int accounts)
    {
        // Shards are given out evenly only among regions that are known.
        while ((await _region.Ask<CurrentRegions>(GetCurrentRegions.Instance, TimeSpan.FromSeconds(60)).ConfigureAwait(false)).Regions.Count < nodes)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
        }

        await Parallel.ForAsync(0, accounts, async (i, cancellation) => Require<Accepted>(
            await _client.AskAsync(new OpenAccount(DebitLoad.Policy(DebitLoad.Account(i))), cancellation).ConfigureAwait(false))).ConfigureAwait(false);
    }

    /// <summary>Asks for releases as fast as they are stored.</summary>
    /// <param name="first">The first account.</param>
    /// <param name="step">From one account to the next.</param>
    /// <param name="accounts">How many accounts there are in all.</param>
    /// <param name="time">How long.</param>
    public Task<DebitSample> DebitAsync(int first, int step, int accounts, TimeSpan time) =>
        _load.RunAsync([.. Enumerable.Range(0, accounts).Where(i => i % step == first).Select(DebitLoad.Account)], time);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _system.Terminate().ConfigureAwait(false);
        if (_fence is not null)
        {
            await _fence.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void Require<T>(ILedgerReply reply)
    {
        if (reply is not T || reply is Released { Replayed: true })
        {
            throw new InvalidOperationException($"The ledger did not do it: {reply}");
        }
    }

    private static Config Configuration(string directory) => ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = ERROR
          stdout-loglevel = ERROR
          loggers = ["AkkaPrivacy.AkkaNet.Hosting.ErrorStreamLogger, AkkaPrivacy.AkkaNet"]
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          cluster.roles = [{{Role}}]
          coordinated-shutdown.run-by-actor-system-terminate = off
          persistence {
            journal { plugin = "akka.persistence.journal.sql", sql { {{Plugin("Akka.Persistence.Sql.Journal.SqlWriteJournal", directory)}} } }
            snapshot-store { plugin = "akka.persistence.snapshot-store.sql", sql { {{Plugin("Akka.Persistence.Sql.Snapshot.SqlSnapshotStore", directory)}} } }
          }
        }
        """).WithFallback(LedgerConfiguration.Reference).WithFallback(SqlPersistence.DefaultConfiguration);

    private static string Plugin(string type, string directory) =>
        $"class = \"{type}, Akka.Persistence.Sql\", connection-string = \"{Connection(directory)}\", provider-name = \"{Provider}\", auto-initialize = on";

    private static string Connection(string directory) => $"Data Source={directory}/journal.db";
}

/// <summary>Which node a process is.</summary>
/// <param name="Directory">Holds the journal, which all nodes share.</param>
/// <param name="Seed">The node to join; empty for the first.</param>
/// <param name="Index">From 0.</param>
/// <param name="Fenced">Whether accounts take epochs of a store.</param>
internal sealed record DebitNodeOptions(string Directory, string Seed, int Index, bool Fenced);
