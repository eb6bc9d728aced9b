using System.Text.Json;
using Akka.Configuration;
using Akka.Persistence.Sql;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>What Akka.NET is told because of the settings.</summary>
internal static class DerivedHocon
{
    public static Config Of(ClusterSettings settings, string version, string hash)
    {
        var text = $$"""
            akka.remote.dot-netty.tcp { hostname = {{Quote(settings.Host)}}, port = {{settings.Port}} }
            akka.cluster {
              roles = [{{string.Join(", ", settings.Roles)}}]
              app-version = "{{version}}+{{hash}}"
              split-brain-resolver {
                active-strategy = {{settings.SplitBrainStrategy}}
                stable-after = {{Ms(settings.StableAfter)}}
                static-quorum { quorum-size = {{settings.Quorum}}, role = "" }
                lease-majority.lease-implementation = {{Quote(settings.Lease)}}
              }
            }
            akka.coordinated-shutdown.phases.service-stop.timeout = {{Ms(settings.DrainTimeout + TimeSpan.FromSeconds(5))}}
            akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 20s
            akka.coordinated-shutdown.phases.cluster-exiting.timeout = 20s
            akka.persistence {
              journal { plugin = "akka.persistence.journal.sql", sql { {{Plugin(settings, "Akka.Persistence.Sql.Journal.SqlWriteJournal")}} } }
              snapshot-store { plugin = "akka.persistence.snapshot-store.sql", sql { {{Plugin(settings, "Akka.Persistence.Sql.Snapshot.SqlSnapshotStore")}} } }
            }
            """;
        return ConfigurationFactory.ParseString(text).WithFallback(SqlPersistence.DefaultConfiguration);
    }

    private static string Plugin(ClusterSettings settings, string type) =>
        $"class = \"{type}, Akka.Persistence.Sql\", connection-string = {Quote(settings.JournalConnection)}, provider-name = {Quote(settings.JournalProvider)}, auto-initialize = on";

    private static string Ms(TimeSpan value) => FormattableString.Invariant($"{(long)value.TotalMilliseconds}ms");

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
