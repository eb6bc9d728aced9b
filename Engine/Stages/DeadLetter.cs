using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Stages;

/// <summary>Where a row stood that was not processed, and why. Never what was in it.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Partition">Partition of the source, from 0; numbers hold for one run.</param>
/// <param name="Position">Line number from 1, or offset.</param>
/// <param name="Field">The field at fault by its name in the data map, or empty.</param>
public readonly record struct DeadLetter(DeadLetterReason Reason, int Partition, long Position, string Field)
{
    /// <summary>The query that left the row out, when its stages did and other queries may have counted it: the first query of
    /// its bounded window, with <c>+n</c> when n more share it. Null when no query has counted the row.</summary>
    public string? Query { get; init; }

    /// <summary>The window that the event time fell in: the query's window (or pane, of a sliding one), or for a late or early
    /// row that of the pipeline's longest window. Never finer than what is published. Null where the time is not known.</summary>
    public TimeWindow? Window { get; init; }

    /// <summary>The partition's stable name (a file's path). Null where the source gives none.</summary>
    public string? Source { get; init; }

    /// <summary>Tells whether the partition is still the same content. Null where the source gives none.</summary>
    public string? Identity { get; init; }

    /// <summary>The run that left it out: the pipeline's epoch, which grows from run to run. 0 outside of runs.</summary>
    public long Run { get; init; }
}
