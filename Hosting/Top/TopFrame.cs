using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.Hosting.Top;

/// <summary>A run between two snapshots: rates of now, not since the start. Its JSON has the same names in snake_case.</summary>
internal sealed record TopFrame
{
    public required string Pipeline { get; init; }

    public required string State { get; init; }

    public required string Reason { get; init; }

    public required DateTime? Since { get; init; }

    /// <summary>Over how many seconds the rates are.</summary>
    public required double IntervalSeconds { get; init; }

    public required long RowsRead { get; init; }

    public required double RowsPerSecond { get; init; }

    public required double BytesPerSecond { get; init; }

    public required LatencySnapshot? Latency { get; init; }

    public required DateTime? Frontier { get; init; }

    /// <summary>How far the frontier lies behind the clock of the run.</summary>
    public required double? FrontierLagSeconds { get; init; }

    public required DateTime? FiredUpTo { get; init; }

    public required int Released { get; init; }

    public required int Replayed { get; init; }

    public required int Withheld { get; init; }

    public required long DeadLetters { get; init; }

    public required int Restarts { get; init; }

    public required BudgetSnapshot? Budget { get; init; }

    public required IReadOnlyList<TopStage> Stages { get; init; }

    public required IReadOnlyList<QueueSnapshot> Queues { get; init; }

    public required IReadOnlyList<SinkSnapshot> Sinks { get; init; }

    /// <summary>Makes a frame. A run that was started anew between the snapshots has rates since its start.</summary>
    /// <param name="before">The earlier snapshot.</param>
    /// <param name="now">The later one.</param>
    public static TopFrame Of(TopologySnapshot before, TopologySnapshot now)
    {
        var isSame = now.Uptime >= before.Uptime && now.Pipeline == before.Pipeline;
        var seconds = Math.Max(1e-3, (isSame ? now.Uptime - before.Uptime : now.Uptime).TotalSeconds);
        return new TopFrame
        {
            Pipeline = now.Pipeline,
            State = now.State,
            Reason = now.Reason,
            Since = now.Since?.UtcDateTime,
            IntervalSeconds = Math.Round(seconds, 3),
            RowsRead = now.RowsRead,
            RowsPerSecond = Rate(isSame ? before.RowsRead : 0, now.RowsRead, seconds),
            BytesPerSecond = Rate(isSame ? before.BytesRead : 0, now.BytesRead, seconds),
            Latency = now.Latency,
            Frontier = now.Frontier?.UtcDateTime,
            FrontierLagSeconds = now.TakenAt - now.Frontier is { } lag ? Math.Round(lag.TotalSeconds, 3) : null,
            FiredUpTo = now.FiredUpTo?.UtcDateTime,
            Released = now.Released,
            Replayed = now.Replayed,
            Withheld = now.Withheld,
            DeadLetters = now.DeadLetters,
            Restarts = now.Restarts,
            Budget = now.Budget,
            Stages = [.. now.Stages.GroupBy(stage => stage.Name).Select(lanes => Stage(lanes, isSame ? before.Stages : [], seconds))],
            Queues = now.Queues,
            Sinks = now.Sinks,
        };
    }

    private static TopStage Stage(IGrouping<string, StageSnapshot> lanes, IReadOnlyList<StageSnapshot> before, double seconds)
    {
        var earlier = before.Where(stage => stage.Name == lanes.Key).ToList();
        var busy = (lanes.Sum(stage => stage.BusySeconds) - earlier.Sum(stage => stage.BusySeconds)) / seconds / lanes.Count();
        return new TopStage(
            lanes.Key,
            lanes.Count(),
            Rate(earlier.Sum(stage => stage.RowsIn), lanes.Sum(stage => stage.RowsIn), seconds),
            Rate(earlier.Sum(stage => stage.RowsOut), lanes.Sum(stage => stage.RowsOut), seconds),
            Math.Round(Math.Clamp(busy, 0, 1), 4));
    }

    // Counters begin anew when a run goes back to a checkpoint.
    private static double Rate(long before, long now, double seconds) => Math.Round(Math.Max(0, now - before) / seconds, 1);
}

/// <summary>A stage, all lanes together.</summary>
/// <param name="Name">The stage's name.</param>
/// <param name="Lanes">In how many lanes it runs.</param>
/// <param name="RowsInPerSecond">Rows taken a second.</param>
/// <param name="RowsOutPerSecond">Rows passed on a second.</param>
/// <param name="BusyShare">The share of the time, 0 to 1, that a lane spends in the stage.</param>
internal sealed record TopStage(string Name, int Lanes, double RowsInPerSecond, double RowsOutPerSecond, double BusyShare);
