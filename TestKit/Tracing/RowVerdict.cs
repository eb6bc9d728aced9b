using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>What became of a row in a window of a branch, and why.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Why">In words.</param>
internal sealed record RowVerdict(long Row, RowFate Fate, string Why)
{
    /// <summary>The window; null when the row reached none.</summary>
    public TimeWindow? Window { get; init; }

    /// <summary>The group; null when the row reached none.</summary>
    public string? Key { get; init; }

    /// <summary>Its event time, when it has one.</summary>
    public long? EventMs { get; init; }

    /// <summary>The reason of a dead letter.</summary>
    public DeadLetterReason? Reason { get; init; }
}
