using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.Engine.Runtime;

internal sealed partial class RunState
{
    public double Seconds(long ticks) => (double)ticks / _options.Time.TimestampFrequency;

    /// <summary>The pipeline at this moment.</summary>
    /// <param name="status">What the run is doing.</param>
    /// <param name="uptime">Since the start of the run, restarts included.</param>
    /// <param name="restarts">How often something was started again.</param>
    public TopologySnapshot Topology(RunStatus.Entry status, TimeSpan uptime, int restarts) => new(
        _plan.Settings.Name,
        status.State,
        uptime,
        _totals.RowsRead,
        _source?.BytesRead ?? 0,
        _source?.TotalBytes,
        AsTime(_tracker.Frontier),
        AsTime(_schedule.LastFired),
        [.. (_lanes?.Links ?? []).Select(link => Snapshot(link, uptime))],
        _lanes?.Queues ?? [])
    {
        Reason = status.Reason,
        Since = status.Since,
        Restarts = restarts,
        Sinks = _publisher.Sinks,
        TakenAt = _options.Time.GetUtcNow(),
        Released = _totals.Released,
        Replayed = _totals.Replayed,
        Withheld = _totals.Withheld.Count,
        DeadLetters = _totals.DeadLetters.Counts.Values.Sum(),
        Latency = _latency.Snapshot(),
    };

    private static DateTimeOffset? AsTime(long? ms) => ms is { } value and > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private StageSnapshot Snapshot(IStageLink link, TimeSpan uptime) => new(
        link.Name, link.Lane, link.Metrics.Batches, link.Metrics.RowsIn, link.Metrics.RowsOut, Seconds(link.Metrics.BusyTicks), link.Metrics.RowsIn / Math.Max(1e-3, uptime.TotalSeconds));
}
