using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>Limits what each subject contributes. Together with the window that follows it becomes one stage, because
/// bounds hold per subject and window.</summary>
public abstract class BoundNode : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "bound";

    /// <summary>The field whose token is the privacy unit.</summary>
    public required string Subject { get; init; }

    /// <summary>The group-by fields; empty for totals.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>Known keys, one part for each group-by field; null when keys are unknown.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? KnownKeys { get; init; }

    /// <summary>The most groups of a window, when keys are unknown: a window in which subjects count in more is withheld.
    /// 1 to 100,000,000; ignored with known keys. Default: none, memory alone is the limit.</summary>
    public int? MaxGroups { get; init; }

    /// <summary>The bounds.</summary>
    public ContributionBounds Bounds { get; init; } = new();

    /// <summary>Makes the stage of one lane, for a resolved plan.</summary>
    /// <param name="plan">Fields, bounds, window and sums.</param>
    /// <returns>The stage: it takes rows and pushes one aggregate for each window that fires and has rows.</returns>
    public abstract Stage<EventBatch, WindowAggregate> CreateStage(BoundedWindowPlan plan);
}
