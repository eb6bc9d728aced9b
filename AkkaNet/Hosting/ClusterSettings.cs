namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>The settings of a cluster node, checked. <c>hocon/cluster.conf</c> explains each.</summary>
public sealed record ClusterSettings
{
    /// <summary>Name of the actor system.</summary>
    public required string System { get; init; }

    /// <summary>The node's name, for people.</summary>
    public required string Name { get; init; }

    /// <summary>The address that other nodes reach it under.</summary>
    public required string Host { get; init; }

    /// <summary>Its port; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>Nodes to join, <c>host:port</c> each; none starts a cluster of its own.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Its roles.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>How long one seed has to answer.</summary>
    public required TimeSpan JoinAttempt { get; init; }

    /// <summary>How long to go on asking seeds, and to wait for membership.</summary>
    public required TimeSpan JoinTimeout { get; init; }

    /// <summary>linq2db's name of the journal's database.</summary>
    public required string JournalProvider { get; init; }

    /// <summary>Where the journal is; it may hold a password and is never shown.</summary>
    public required string JournalConnection { get; init; }

    /// <summary>How long the journal may take to answer at the start.</summary>
    public required TimeSpan JournalTimeout { get; init; }

    /// <summary>Shards of the ledger.</summary>
    public required int LedgerShards { get; init; }

    /// <summary>How often a node offers to run a pipeline.</summary>
    public required TimeSpan OfferInterval { get; init; }

    /// <summary>How long a leaving node may drain.</summary>
    public required TimeSpan DrainTimeout { get; init; }

    /// <summary>Events between two snapshots of a singleton.</summary>
    public required int SnapshotEvery { get; init; }

    /// <summary>Shortest wait before a singleton is started again.</summary>
    public required TimeSpan MinBackoff { get; init; }

    /// <summary>Longest wait.</summary>
    public required TimeSpan MaxBackoff { get; init; }

    /// <summary>How long a singleton has to answer.</summary>
    public required TimeSpan AskTimeout { get; init; }

    /// <summary>Which side of a partition goes on.</summary>
    public required string SplitBrainStrategy { get; init; }

    /// <summary>Quorum of <c>static-quorum</c>.</summary>
    public required int Quorum { get; init; }

    /// <summary>Lease of <c>lease-majority</c>.</summary>
    public required string Lease { get; init; }

    /// <summary>How long a cut has to last before a side goes down.</summary>
    public required TimeSpan StableAfter { get; init; }

    /// <summary>The role of nodes that keep accounts and run singletons.</summary>
    public const string LedgerRole = "ledger";

    /// <summary>The role of nodes that run pipelines.</summary>
    public const string PipelineRole = "pipeline";
}
