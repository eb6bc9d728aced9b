using System.Globalization;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Site;

/// <summary>The configuration files of a site.</summary>
internal static class SiteText
{
    public const string Pipeline = "clustered";
    public const int MaxWindows = 60;
    public const int Epsilon = 1_000;
    public const int Queries = 2;

    /// <summary>What the run costs, and not a nano more is there: whatever is charged twice is refused, and shows.</summary>
    public const int Budget = MaxWindows * Epsilon * Queries;

    /// <remarks>The state is stored with each firing. A checkpoint between two of them would wait where the store is locked,
    /// and read nothing meanwhile.</remarks>
    public static string Conf(string folder, string store) =>
        $$"""
        pipeline {
          name = {{Pipeline}}
          source { type = json-lines, path = "{{folder}}/input.jsonl", poll = 10ms }
          time { allowed-lateness = 0s }
          keys.file = "{{folder}}/keys"
          subject = user
          data-map {
            time { type = time, class = time, role = event }
            user { type = text, class = direct-identifier, treatment = token }
            page { type = text, class = attribute }
          }
          account { name = {{Pipeline}}, budget { epsilon = {{Budget}} } }
          queries {
            users { aggregate = distinct-subjects, window = 1m, bounds { windows = {{MaxWindows}} }, noise { epsilon = {{Epsilon}} } }
            pages { aggregate = count, window = 1m, group-by = [page], known-keys = ["/a", "/b", "/c"], bounds { groups = 2, rows-per-group = 2, windows = {{MaxWindows}} }, noise { epsilon = {{Epsilon}} } }
          }
          store { path = "{{store}}", busy-timeout = 60s }
          sinks { lines { type = json-lines, path = "{{store}}.jsonl" } }
          runtime.checkpoint-interval = 10m
        }
        """;

    /// <summary>Times of minutes made seconds. A node that does not answer for so long is taken for dead after the pause,
    /// and removed after stable-after.</summary>
    public static string Cluster(string host, string journal, TimeSpan stableAfter, string more = "") => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akkaprivacy.cluster {
          node.host = "{{host}}"
          join { attempt = 1s, timeout = 60s }
          journal.connection-string = "{{journal}}"
          pipeline { offer-interval = 200ms, drain-timeout = 30s }
          singleton {
            backoff { min = 100ms, max = 1s }
            ask-timeout = 2s
          }
          ledger { backoff { min = 100ms, max = 1s }, ask-timeout = 3s }
          split-brain.stable-after = {{(int)stableAfter.TotalMilliseconds}}ms
        }
        akka.cluster {
          gossip-interval = 200ms
          leader-actions-interval = 200ms
          unreachable-nodes-reaper-interval = 200ms
          failure-detector { heartbeat-interval = 300ms, acceptable-heartbeat-pause = 2500ms }
          singleton.hand-over-retry-interval = 200ms
          singleton-proxy.singleton-identification-interval = 200ms
        }
        akka.remote.retry-gate-closed-for = 500ms
        {{more}}
        """);
}
