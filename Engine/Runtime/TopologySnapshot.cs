namespace AkkaPrivacy.Engine.Runtime;

/// <summary>A running pipeline at one moment. Carries no value that comes from rows.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="State"><c>running</c>, <c>paused</c>, <c>restarting</c>, <c>reloading</c>, <c>draining</c>, <c>completed</c>, <c>interrupted</c>, <c>failed</c>.</param>
/// <param name="Uptime">Time since the start.</param>
/// <param name="RowsRead">Rows read from the source.</param>
/// <param name="BytesRead">Bytes read from the source.</param>
/// <param name="TotalBytes">Bytes in all, when known.</param>
/// <param name="Frontier">The arrival frontier; null before the first row.</param>
/// <param name="FiredUpTo">End of the newest window that has fired; null before the first.</param>
/// <param name="Stages">The stages, in order of flow, one entry a lane.</param>
/// <param name="Queues">The queues between lanes; empty with one lane.</param>
public sealed record TopologySnapshot(
    string Pipeline,
    string State,
    TimeSpan Uptime,
    long RowsRead,
    long BytesRead,
    long? TotalBytes,
    DateTimeOffset? Frontier,
    DateTimeOffset? FiredUpTo,
    IReadOnlyList<StageSnapshot> Stages,
    IReadOnlyList<QueueSnapshot> Queues)
{
    /// <summary>Why the pipeline is in its state: who paused it, what it restarts after. Default: empty.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>Since when it has been in its state; null when that is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How often the run went back to a checkpoint, or a sink was asked again.</summary>
    public int Restarts { get; init; }

    /// <summary>The sinks. Default: none.</summary>
    public IReadOnlyList<SinkSnapshot> Sinks { get; init; } = [];

    /// <summary>When the snapshot was taken; null when that is not known.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>Windows that this run has released.</summary>
    public int Released { get; init; }

    /// <summary>Windows that had been released before and were met again.</summary>
    public int Replayed { get; init; }

    /// <summary>Windows that are withheld.</summary>
    public int Withheld { get; init; }

    /// <summary>Rows that were not processed, for whatever reason.</summary>
    public long DeadLetters { get; init; }

    /// <summary>How long rows take to be counted; null when none was counted lately.</summary>
    public LatencySnapshot? Latency { get; init; }

    /// <summary>The budget of the period of the newest window that has fired; null before the first, and where nobody
    /// asked the ledger.</summary>
    public BudgetSnapshot? Budget { get; init; }
}

/// <summary>How long rows took from the reading of their batch to their being counted, over the last 10 to 20 seconds.</summary>
/// <param name="P50Ms">Half of the rows took at most so many milliseconds.</param>
/// <param name="P99Ms">99 of 100 rows took at most so many milliseconds.</param>
/// <param name="Rows">How many rows.</param>
public sealed record LatencySnapshot(double P50Ms, double P99Ms, long Rows);

/// <summary>What an account has spent and has left in one period.</summary>
/// <param name="Account">The account.</param>
/// <param name="Measure">The account's measure: <c>pure</c>, <c>approximate</c>, <c>zeroconcentrated</c>.</param>
/// <param name="PeriodStart">Start of the period.</param>
/// <param name="Spent">Epsilon, or rho of a zero-concentrated account.</param>
/// <param name="Left">What is left of it.</param>
public sealed record BudgetSnapshot(string Account, string Measure, DateTimeOffset PeriodStart, double Spent, double Left);

/// <summary>One sink.</summary>
/// <param name="Name">The sink's name.</param>
/// <param name="State"><c>idle</c>, <c>publishing</c>, <c>waiting</c> (before it is asked again), <c>failed</c>.</param>
public sealed record SinkSnapshot(string Name, string State);

/// <summary>One stage in one lane.</summary>
/// <param name="Name">The stage's name in the graph.</param>
/// <param name="Lane">The lane.</param>
/// <param name="Batches">Elements taken.</param>
/// <param name="RowsIn">Rows taken.</param>
/// <param name="RowsOut">Rows passed on.</param>
/// <param name="BusySeconds">Time spent inside the stage.</param>
/// <param name="RowsPerSecond">Rows taken a second since the start.</param>
public sealed record StageSnapshot(string Name, int Lane, long Batches, long RowsIn, long RowsOut, double BusySeconds, double RowsPerSecond);

/// <summary>One queue between lanes.</summary>
/// <param name="Name">The queue's name.</param>
/// <param name="Depth">Batches in it.</param>
/// <param name="Capacity">Batches that it holds; a full queue is what backpressure looks like.</param>
public sealed record QueueSnapshot(string Name, int Depth, int Capacity);
