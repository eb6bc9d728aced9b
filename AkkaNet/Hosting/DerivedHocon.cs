using System.Text.Json;
using Akka.Configuration;
using Akka.Persistence.Sql;
using AkkaPrivacy.AkkaNet.Ledger;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>What Akka.NET is told because of the settings.</summary>
internal static class DerivedHocon
{
    // What the transport adds around a message.
    private const int Envelope = 1 << 20;

    /// <summary>Keys that settings of ours decide, with the setting. Nobody sets them below <c>akka</c>: they would be overruled.</summary>
    public static IReadOnlyDictionary<string, string> Keys { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["akka.actor.provider"] = "fixed: a node is one of a cluster",
        ["akka.actor.serializers.json"] = "fixed: what has no serializer of its own is not sent",
        ["akka.actor.serialization-bindings.\"System.Object\""] = "fixed: what has no serializer of its own is not sent",
        ["akka.log-config-on-start"] = "fixed: a configuration holds passwords",
        ["akka.log-dead-letters"] = "fixed: messages are never written to logs",
        ["akka.log-dead-letters-during-shutdown"] = "fixed: messages are never written to logs",
        ["akka.actor.debug"] = "fixed: messages are never written to logs",
        ["akka.remote.log-sent-messages"] = "fixed: messages are never written to logs",
        ["akka.remote.log-received-messages"] = "fixed: messages are never written to logs",
        ["akka.remote.dot-netty.tcp.hostname"] = "set akkaprivacy.cluster.node.host",
        ["akka.remote.dot-netty.tcp.port"] = "set akkaprivacy.cluster.node.port",
        ["akka.remote.dot-netty.tcp.maximum-frame-size"] = "set akkaprivacy.cluster.ledger.max-message-bytes",
        ["akka.remote.dot-netty.tcp.send-buffer-size"] = "set akkaprivacy.cluster.ledger.max-message-bytes",
        ["akka.remote.dot-netty.tcp.receive-buffer-size"] = "set akkaprivacy.cluster.ledger.max-message-bytes",
        ["akka.cluster.roles"] = "set akkaprivacy.cluster.node.roles",
        ["akka.cluster.seed-nodes"] = "set akkaprivacy.cluster.node.seeds",
        ["akka.cluster.app-version"] = "fixed: nodes compare version and settings by it",
        ["akka.cluster.downing-provider-class"] = "set akkaprivacy.cluster.split-brain",
        ["akka.cluster.split-brain-resolver"] = "set akkaprivacy.cluster.split-brain",
        ["akka.cluster.sharding.state-store-mode"] = "fixed: remembered accounts stand in the journal",
        ["akka.cluster.sharding.remember-entities-store"] = "fixed: remembered accounts stand in the journal",
        ["akka.coordinated-shutdown.phases.service-stop.timeout"] = "set akkaprivacy.cluster.pipeline.drain-timeout",
        ["akka.persistence.journal"] = "set akkaprivacy.cluster.journal",
        ["akka.persistence.snapshot-store"] = "set akkaprivacy.cluster.journal",
        ["akka.persistence.journal-plugin-fallback.replay-filter"] = "fixed: a journal of two writers keeps an account closed",
    };

    public static Config Of(ClusterConfiguration configuration)
    {
        var settings = configuration.Settings;
        var frame = settings.Ledger.MaxMessageBytes + Envelope;
        var text = $$"""
            akkaprivacy.cluster.ledger.max-message-bytes = {{settings.Ledger.MaxMessageBytes}}b
            akka.remote.dot-netty.tcp {
              hostname = {{Quote(settings.Host)}}, port = {{settings.Port}}
              maximum-frame-size = {{frame}}b, send-buffer-size = {{frame}}b, receive-buffer-size = {{frame}}b
            }
            akka.cluster {
              roles = [{{string.Join(", ", settings.Roles)}}]
              app-version = "{{configuration.Version}}+{{configuration.Hash}}"
              split-brain-resolver {
                active-strategy = {{settings.SplitBrainStrategy}}
                stable-after = {{Ms(settings.StableAfter)}}
                static-quorum { quorum-size = {{settings.Quorum}}, role = "" }
                lease-majority.lease-implementation = {{Quote(settings.Lease)}}
              }
            }
            akka.coordinated-shutdown.phases.service-stop.timeout = {{Ms(settings.DrainTimeout + TimeSpan.FromSeconds(5))}}
            akka.persistence {
              journal { plugin = "akka.persistence.journal.sql", sql { {{Plugin(settings, "Akka.Persistence.Sql.Journal.SqlWriteJournal")}} } }
              snapshot-store { plugin = "akka.persistence.snapshot-store.sql", sql { {{Plugin(settings, "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore")}} } }
            }
            """;
        return ConfigurationFactory.ParseString(text).WithFallback(SqlPersistence.DefaultConfiguration).WithFallback(LedgerConfiguration.Reference);
    }

    /// <summary>What this machine suggests; users may say otherwise.</summary>
    public static Config OfMachine() => ConfigurationFactory.ParseString(
        $"akkaprivacy.dispatchers.stages.dedicated-thread-pool.thread-count = {Math.Max(2, Environment.ProcessorCount)}");

    /// <summary>The ledger's options, with what follows from the other settings.</summary>
    public static LedgerShardingOptions Ledger(ClusterSettings settings) => settings.Ledger with
    {
        Role = ClusterSettings.LedgerRole,
        Dispatcher = "akkaprivacy.dispatchers.ledger",
        Journal = "",
        SnapshotStore = "",
    };

    private static string Plugin(ClusterSettings settings, string type) =>
        $"class = \"{type}, Akka.Persistence.Sql\", connection-string = {Quote(settings.JournalConnection)}, provider-name = {Quote(settings.JournalProvider)}, auto-initialize = on";

    private static string Ms(TimeSpan value) => FormattableString.Invariant($"{(long)value.TotalMilliseconds}ms");

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
