using System.Collections.Immutable;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>What a run did.</summary>
public sealed record RunSummary
{
    /// <summary>Rows and lines read.</summary>
    public required long RowsRead { get; init; }

    /// <summary>Releases that were drawn and charged in this run.</summary>
    public required int Released { get; init; }

    /// <summary>Releases that had been stored before and were left as they are.</summary>
    public required int Replayed { get; init; }

    /// <summary>Releases that the ledger refused; their windows are withheld and their state is kept.</summary>
    public required IReadOnlyList<WithheldRelease> Withheld { get; init; }

    /// <summary>Rows that were not processed, by reason.</summary>
    public required ImmutableSortedDictionary<DeadLetterReason, long> DeadLetters { get; init; }

    /// <summary>Fields of the source that the data map does not name; they were dropped.</summary>
    public required long UnmappedFields { get; init; }

    /// <summary>The first positions of each reason.</summary>
    public required IReadOnlyList<DeadLetter> DeadLetterSamples { get; init; }

    /// <summary>Whether the run was stopped before the end of its input; a later run goes on from there.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>What the operator should know: a file that shrank, state of another key.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>A release that was refused.</summary>
/// <param name="Id">The release's id.</param>
/// <param name="Refusal">Why.</param>
public sealed record WithheldRelease(ReleaseId Id, Refusal Refusal);
