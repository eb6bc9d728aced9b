using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>Where arrival stamps come from.</summary>
public enum ArrivalMode
{
    /// <summary>The event time is the server's own clock (access logs): no row is late, and the frontier follows it.</summary>
    EventTime,

    /// <summary>A field of the data map with the role <c>arrival</c>.</summary>
    Field,

    /// <summary>The moment at which the row is read. For live inputs.</summary>
    Ingest,
}

/// <summary>What holds for a pipeline as a whole.</summary>
public sealed record PipelineSettings
{
    /// <summary>The pipeline's name, part of every release id: 1 to 64 characters of <c>a-z A-Z 0-9 . _ -</c>. Default: <c>pipeline</c>.</summary>
    public string Name { get; init; } = "pipeline";

    /// <summary>The ledger account that is charged. Required.</summary>
    public AccountPolicy? Account { get; init; }

    /// <summary>Where arrival stamps come from. Default: the arrival field when the data map has one, otherwise the event time.</summary>
    public ArrivalMode? Arrival { get; init; }

    /// <summary>A row is late when it arrives more than this after its event time; windows fire this long after their
    /// end. 0 to 7 days. Default: 10 minutes.</summary>
    public TimeSpan AllowedLateness { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A row is early when its event time is more than this after its arrival. 0 to 7 days. Default: 5 minutes.</summary>
    public TimeSpan AllowedSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The declared time range of the input: exactly its windows are released, and rows outside are dead letters.
    /// Default: none; the range then follows the arrival stamps, which are the operator's, not the subject's.</summary>
    public TimeWindow? TimeRange { get; init; }

    /// <summary>How long a partition gives nothing before its frontier follows this process's clock, <see cref="AllowedLateness"/> behind
    /// it, so that windows of a source that has fallen silent fire. 1 second to 7 days, and for inputs that are written now: the
    /// clock is not followed further than 31 days beyond the last row. Refused with <see cref="ArrivalMode.Ingest"/>, whose
    /// frontier follows the clock anyway; ignored behind a throttle, where rows may wait unread. No part of the plan hash.
    /// Default: none; windows then wait for the next row.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Lanes that run in parallel, 1 to 64. Default: 1. State that was stored with another number of lanes keeps its number.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Batches for each lane that are read ahead or wait between lanes, 1 to 1024. Ignored with one lane. Default: 8.</summary>
    public int QueueCapacity { get; init; } = 8;

    /// <summary>How often the state is stored between firings, 100 ms to 1 day. Default: 10 seconds.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether to take up the state of an earlier run. Without it every run reads its input from the start;
    /// stored releases stay as they are either way. Default: true.</summary>
    public bool Resume { get; init; } = true;

    /// <summary>The smallest <see cref="StateMemoryLimit"/>: 16 MiB.</summary>
    public const long SmallestStateMemory = 16L << 20;

    /// <summary>Bytes that the state of all windows and lanes may take, room for growing tables included; 16 MiB or more. A
    /// window that does not fit is given up and withheld. Default: half of the memory that the process may use.</summary>
    public long? StateMemoryLimit { get; init; }

    /// <summary>Probability that an interval covers the bounded true value; above 0.5, at most 0.9999. Default: 0.95.</summary>
    public double Confidence { get; init; } = 0.95;
}
