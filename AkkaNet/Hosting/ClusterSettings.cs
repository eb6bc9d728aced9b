using AkkaPrivacy.AkkaNet.Ledger;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>The settings of a cluster node. <c>hocon/cluster.conf</c> explains each key with its range;
/// <see cref="ClusterConfiguration"/> checks them.</summary>
public sealed record ClusterSettings
{
    /// <summary>The role of nodes that keep accounts and run singletons.</summary>
    public const string LedgerRole = "ledger";

    /// <summary>The role of nodes that run pipelines.</summary>
    public const string PipelineRole = "pipeline";

    /// <summary>Name of the actor system, same on all nodes: 1 to 64 letters, digits and hyphens. Default: akkaprivacy.</summary>
    public string System { get; init; } = "akkaprivacy";

    /// <summary>The node's name, for people; at most 128 characters. Default: empty, which reads as <c>host:port</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>The address that other nodes reach it under. Default: 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its port, 0 to 65535; 0 takes a free one, which only a node without seeds can. Default: 0.</summary>
    public int Port { get; init; }

    /// <summary>Nodes to join, <c>host:port</c> each; none starts a cluster of its own. Default: none.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Its roles. Default: <see cref="LedgerRole"/> and <see cref="PipelineRole"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [LedgerRole, PipelineRole];

    /// <summary>How long one seed has to answer, 100 ms to 1 minute. Default: 2 s.</summary>
    public TimeSpan JoinAttempt { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to go on asking seeds, and to wait for membership and for a node that keeps accounts; 1 second
    /// to 1 hour. Default: 1 minute.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>linq2db's name of the journal's database, same on all nodes. Default: SQLite.MS.</summary>
    public string JournalProvider { get; init; } = "SQLite.MS";

    /// <summary>Where the journal is; it may hold a password and is never shown. Required.</summary>
    public required string JournalConnection { get; init; }

    /// <summary>How long the journal may take to answer when the node starts and when its health is asked for, 100 ms to
    /// 10 minutes. Default: 15 s.</summary>
    public TimeSpan JournalTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Where budgets are kept, same on all nodes. Default: <see cref="Hosting.LedgerPlace.Cluster"/>.</summary>
    public LedgerPlace LedgerPlace { get; init; } = LedgerPlace.Cluster;

    /// <summary>How accounts are sharded, same on all nodes. Role, dispatcher and journals follow from the node's other
    /// settings, whatever is written there.</summary>
    public LedgerShardingOptions Ledger { get; init; } = new();

    /// <summary>How often a node offers to run a pipeline, and an owner makes sure that it owns, 100 ms to 1 minute; same on
    /// all nodes. Default: 1 s.</summary>
    public TimeSpan OfferInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>When no node of the role <c>ledger</c> has answered a node's offers for so long, it says so, and again each
    /// time as much has passed; 1 second to 1 hour. Default: 1 minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a leaving node may drain, 1 second to 1 hour; same on all nodes. Default: 1 minute.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Events between two snapshots of a singleton, 1 to 100,000; same on all nodes. Default: 100.</summary>
    public int SnapshotEvery { get; init; } = 100;

    /// <summary>Shortest wait before a singleton is started again, 10 ms to 10 minutes; same on all nodes. Default: 500 ms.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait, <see cref="MinBackoff"/> to 10 minutes; same on all nodes. Default: 30 s.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a singleton has to answer, 100 ms to 1 minute; same on all nodes. Default: 5 s.</summary>
    public TimeSpan AskTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Which side of a partition goes on, same on all nodes: keep-majority, static-quorum, keep-oldest or
    /// lease-majority. Default: keep-majority.</summary>
    public string SplitBrainStrategy { get; init; } = "keep-majority";

    /// <summary>Quorum of <c>static-quorum</c>, more than half of the most nodes there will ever be; same on all nodes.
    /// Default: 0, which goes with other strategies only.</summary>
    public int Quorum { get; init; }

    /// <summary>Lease of <c>lease-majority</c>, same on all nodes. Default: empty, which goes with other strategies only.</summary>
    public string Lease { get; init; } = "";

    /// <summary>How long a cut has to last before a side goes down, 1 second to 10 minutes; same on all nodes. Default: 10 s.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The address that health is answered on. Default: 127.0.0.1.</summary>
    public string HealthHost { get; init; } = "127.0.0.1";

    /// <summary>The port that health is answered on, 0 to 65535; 0 answers nowhere. Only the command <c>run</c> serves it; a
    /// host of one's own maps the health checks as it likes. Default: 0.</summary>
    public int HealthPort { get; init; }
}

/// <summary>Where the budgets of a cluster's pipelines are kept.</summary>
public enum LedgerPlace
{
    /// <summary>In sharded actors, one for each account; their events are in the journal.</summary>
    Cluster,

    /// <summary>In the store that all nodes share, as with the embedded runtime. Accounts may form trees.</summary>
    Store,
}
