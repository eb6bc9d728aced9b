using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.AkkaNet.Hosting.Settings;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Akka.Configuration;

/// <summary>Reads <c>akkaprivacy.cluster</c>.</summary>
internal static class ClusterSection
{
    /// <summary>Reads all of it.</summary>
    /// <param name="cluster">The section.</param>
    /// <param name="journal">The journal where none is written.</param>
    /// <returns>The settings; meaningless when mistakes were noted.</returns>
    public static ClusterSettings Read(Section cluster, string journal)
    {
        var reader = new ClusterReader(cluster);
        var settings = new ClusterSettings
        {
            System = reader.Text(ClusterRules.System),
            Name = reader.Text(ClusterRules.NodeName),
            Host = reader.Text(ClusterRules.NodeHost),
            Port = reader.Number(ClusterRules.NodePort),
            Seeds = reader.List(ClusterRules.NodeSeeds),
            Roles = reader.List(ClusterRules.NodeRoles),
            JoinAttempt = reader.Duration(ClusterRules.JoinAttempt),
            JoinTimeout = reader.Duration(ClusterRules.JoinTimeout),
            JournalProvider = reader.Text(ClusterRules.JournalProvider),
            JournalConnection = reader.Text(ClusterRules.JournalConnection, journal),
            JournalTimeout = reader.Duration(ClusterRules.JournalTimeout),
            LedgerPlace = reader.Ledger(ClusterRules.LedgerPlace),
            Ledger = Ledger(reader),
            OfferInterval = reader.Duration(ClusterRules.OfferInterval),
            Silence = reader.Duration(ClusterRules.Silence),
            DrainTimeout = reader.Duration(ClusterRules.DrainTimeout),
            SnapshotEvery = reader.Number(ClusterRules.SnapshotEvery),
            MinBackoff = reader.Duration(ClusterRules.MinBackoff),
            MaxBackoff = reader.Duration(ClusterRules.MaxBackoff),
            AskTimeout = reader.Duration(ClusterRules.AskTimeout),
            SplitBrainStrategy = reader.Text(ClusterRules.Strategy),
            Quorum = reader.Number(ClusterRules.Quorum),
            Lease = reader.Text(ClusterRules.Lease),
            StableAfter = reader.Duration(ClusterRules.StableAfter),
            HealthHost = reader.Text(ClusterRules.HealthHost),
            HealthPort = reader.Number(ClusterRules.HealthPort),
        };
        foreach (var (key, message) in ClusterRules.Conflicts(settings))
        {
            reader.Error(key, message);
        }

        reader.Done();
        return settings;
    }

    private static LedgerShardingOptions Ledger(ClusterReader reader) => new()
    {
        Shards = reader.Number(ClusterRules.LedgerShards),
        RememberEntities = reader.Boolean(ClusterRules.RememberEntities),
        PassivateAfter = reader.Duration(ClusterRules.PassivateAfter),
        SnapshotEvery = reader.Number(ClusterRules.LedgerSnapshotEvery),
        CachedReleases = reader.Number(ClusterRules.CachedReleases),
        MaxReleaseBytes = reader.Size(ClusterRules.MaxReleaseBytes),
        MaxMessageBytes = reader.Size(ClusterRules.MaxMessageBytes),
        MinBackoff = reader.Duration(ClusterRules.LedgerMinBackoff),
        MaxBackoff = reader.Duration(ClusterRules.LedgerMaxBackoff),
        AskTimeout = reader.Duration(ClusterRules.LedgerAskTimeout),
        Attempts = reader.Number(ClusterRules.LedgerAttempts),
        Parallelism = reader.Number(ClusterRules.LedgerParallelism),
    };
}
