using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>Limits what each subject contributes to each window: groups (L0), rows or a clamped sum in each group (Linf)
/// and windows in an accounting period (W). See the README beside this file for the rules and their proof.</summary>
public sealed class Bound : BoundNode
{
    /// <inheritdoc />
    /// <exception cref="ArgumentException">A bound, the window or a sum's range of the plan is out of range.</exception>
    public override Stage<EventBatch, WindowAggregate> CreateStage(BoundedWindowPlan plan) =>
        new BoundedWindowStage(plan, Subject);
}
