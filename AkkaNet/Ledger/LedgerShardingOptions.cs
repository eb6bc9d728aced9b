using Akka.Actor;
using Akka.Configuration;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>How ledger accounts are sharded. Read from <c>akkaprivacy.ledger</c>; <c>ledger-reference.conf</c> shows
/// each key with its default.</summary>
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

    /// <summary>The journal of the accounts; empty for the system's default.</summary>
    public string Journal { get; init; } = "";

    /// <summary>The snapshot store of the accounts; empty for the system's default.</summary>
    public string SnapshotStore { get; init; } = "";

    /// <summary>Reads the options of a system, whose configuration has <see cref="LedgerConfiguration.Reference"/> as fallback.</summary>
    /// <param name="system">The system.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ConfigurationException">A key is missing or out of range; all faults are named.</exception>
    public static LedgerShardingOptions Read(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var config = system.Settings.Config.GetConfig("akkaprivacy.ledger")
            ?? throw new ConfigurationException("akkaprivacy.ledger is missing: add LedgerConfiguration.Reference as fallback.");
        return new LedgerShardingOptions
        {
            TypeName = config.GetString("type-name"),
            Shards = config.GetInt("shards"),
            Role = config.GetString("role"),
            RememberEntities = config.GetBoolean("remember-entities"),
            PassivateAfter = config.GetTimeSpan("passivate-after"),
            SnapshotEvery = config.GetInt("snapshot-every"),
            CachedReleases = config.GetInt("cached-releases"),
            MaxReleaseBytes = checked((int)(config.GetByteSize("max-release-bytes") ?? 0)),
            MinBackoff = config.GetTimeSpan("min-backoff"),
            MaxBackoff = config.GetTimeSpan("max-backoff"),
            AskTimeout = config.GetTimeSpan("ask-timeout"),
            Attempts = config.GetInt("attempts"),
            Parallelism = config.GetInt("parallelism"),
            Journal = config.GetString("journal"),
            SnapshotStore = config.GetString("snapshot-store"),
        }.Checked();
    }

    internal LedgerShardingOptions Checked()
    {
        var faults = new List<string>();
        void Need(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add($"akkaprivacy.ledger.{fault}");
            }
        }

        Need(!string.IsNullOrWhiteSpace(TypeName), "type-name must not be empty");
        Need(Shards is >= 1 and <= 10_000, $"shards is {Shards}; 1 to 10000 is allowed");
        Need(PassivateAfter >= TimeSpan.FromMilliseconds(1), $"passivate-after is {PassivateAfter}; 1 ms or more is allowed");
        Need(SnapshotEvery >= 1, $"snapshot-every is {SnapshotEvery}; 1 or more is allowed");
        Need(CachedReleases >= 0, $"cached-releases is {CachedReleases}; 0 or more is allowed");
        Need(MaxReleaseBytes >= 1024, $"max-release-bytes is {MaxReleaseBytes}; 1024 or more is allowed");
        Need(MinBackoff > TimeSpan.Zero && MaxBackoff >= MinBackoff, $"min-backoff is {MinBackoff} and max-backoff {MaxBackoff}; both must be above 0 and in this order");
        Need(AskTimeout > TimeSpan.Zero, $"ask-timeout is {AskTimeout}; it must be above 0");
        Need(Attempts >= 1, $"attempts is {Attempts}; 1 or more is allowed");
        Need(Parallelism >= 1, $"parallelism is {Parallelism}; 1 or more is allowed");
        return faults.Count == 0 ? this : throw new ConfigurationException(string.Join(Environment.NewLine, faults));
    }
}
