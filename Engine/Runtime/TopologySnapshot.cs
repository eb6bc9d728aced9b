namespace AkkaPrivacy.Engine.Runtime;

/// <summary>A running pipeline at one moment. Carries no value that comes from rows.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="State"><c>running</c>, <c>paused</c>, <c>restarting</c>, <c>draining</c>, <c>completed</c>, <c>interrupted</c>, <c>failed</c>.</param>
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
}

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
