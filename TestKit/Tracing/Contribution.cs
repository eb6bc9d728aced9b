using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>What one subject contributes to one group of one window, as measured.</summary>
/// <param name="Subject">The subject; never shown.</param>
/// <param name="Window">The window.</param>
/// <param name="Key">The group.</param>
/// <param name="Rows">Rows that count.</param>
/// <param name="Sums">The columns of the window behind rows and subjects.</param>
internal sealed record Contribution(Token Subject, TimeWindow Window, string Key, long Rows, long[] Sums);

/// <summary>A row that the bounded window did not take in.</summary>
/// <param name="Row">The row.</param>
/// <param name="Reason">Why.</param>
internal sealed record RefusedRow(BoundedRow Row, DeadLetterReason Reason);

/// <summary>What the subjects of a branch contribute, measured by the stage itself: it is given the rows of one subject at
/// a time.</summary>
/// <param name="Contributions">All of windows that have fired.</param>
/// <param name="Refused">Rows that were not taken in.</param>
/// <param name="Taken">Rows that were.</param>
internal sealed record BranchContributions(IReadOnlyList<Contribution> Contributions, IReadOnlyList<RefusedRow> Refused, IReadOnlyList<BoundedRow> Taken);
