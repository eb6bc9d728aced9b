using System.Collections.Immutable;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Replays;

/// <summary>Why a place is not replayed; a closed set.</summary>
public enum ReplayRefusal
{
    /// <summary>It names no source, or its source cannot be read again.</summary>
    NoSource,

    /// <summary>One query left the row out, and other queries of the pipeline have counted it.</summary>
    OtherQueries,

    /// <summary>The run that wrote it is not known to the stored state: the state was begun anew since, or the run is too long ago.</summary>
    UnknownRun,

    /// <summary>The row lies behind the state that was stored after its run, so a later run has read it again, or the next one will.</summary>
    ReadAgain,

    /// <summary>It was replayed before.</summary>
    AlreadyReplayed,

    /// <summary>The source ends before it.</summary>
    BeyondEnd,
}

/// <summary>What a replay did.</summary>
public sealed record ReplaySummary
{
    /// <summary>Different places that were asked for.</summary>
    public required long Places { get; init; }

    /// <summary>Rows that were read again and passed through the pipeline.</summary>
    public required long RowsRead { get; init; }

    /// <summary>Rows of these that were left out again, by reason; <see cref="DeadLetterReason.AfterFiring"/> where the window
    /// had been released.</summary>
    public required ImmutableSortedDictionary<DeadLetterReason, long> LeftOut { get; init; }

    /// <summary>Places that were refused, by reason.</summary>
    public required ImmutableSortedDictionary<ReplayRefusal, long> Refused { get; init; }

    /// <summary>What the operator should know.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
