namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>How ledger accounts are sharded. In <c>hocon/cluster.conf</c> these are the keys of
/// <c>akkaprivacy.cluster.ledger</c>; what is not there follows from the node's other settings.</summary>
public sealed record LedgerShardingOptions
{
    /// <summary>Name of the shard type. Default: <c>ledger</c>.</summary>
    public string TypeName { get; init; } = "ledger";

    /// <summary>How many shards; 1 to 10,000, about ten for each node, the same on every node and never changed while
    /// the cluster runs. Default: 100.</summary>
    public int Shards { get; init; } = 100;

    /// <summary>Role of the nodes that hold accounts; empty for all. Default: empty.</summary>
    public string Role { get; init; } = "";

    /// <summary>Whether accounts that were active are started again after a hand-over or a crash, before anyone asks.
    /// Default: true.</summary>
    public bool RememberEntities { get; init; } = true;

    /// <summary>An account that nobody asks for so long leaves memory; from 1 millisecond. Default: 10 minutes.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A snapshot is stored after so many events; 1 or more. Default: 500.</summary>
    public int SnapshotEvery { get; init; } = 500;

    /// <summary>So many of the newest releases of an account are answered from memory, others from the journal; 0 or
    /// more. Default: 64.</summary>
    public int CachedReleases { get; init; } = 64;

    /// <summary>The largest release as stored, in bytes; from 1,024. Default: 1 MiB.</summary>
    public int MaxReleaseBytes { get; init; } = 1 << 20;

    /// <summary>The largest message between nodes, in bytes; larger ones are neither sent nor read. At least
    /// <see cref="MaxReleaseBytes"/>. Default: 4 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 4 << 20;

    /// <summary>After a failure of the journal an account is started again after so long at first. Default: 200 ms.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest time between two starts of an account that keeps failing. Default: 30 s.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one question to an account may take before it is asked again. Default: 5 s.</summary>
    public TimeSpan AskTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a question is asked before the release is withheld; 1 or more. Default: 4.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>How many questions may be under way at once; 1 or more. Default: 64.</summary>
    public int Parallelism { get; init; } = 64;

    /// <summary>The dispatcher of the accounts, by its key in the system's configuration; empty for the default one.
    /// Default: empty.</summary>
    public string Dispatcher { get; init; } = "";

    /// <summary>The journal of the accounts; empty for the system's default.</summary>
    public string Journal { get; init; } = "";

    /// <summary>The snapshot store of the accounts; empty for the system's default.</summary>
    public string SnapshotStore { get; init; } = "";
}
