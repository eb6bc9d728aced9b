using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>Builds fused chains of row stages from their end to their start.</summary>
internal static class RowChain
{
    public static IOutlet<EventBatch> Build(
        IReadOnlyList<(string Name, Stage<EventBatch, EventBatch> Stage)> stages, IOutlet<EventBatch> end, int lane, LaneContext context, List<IStageLink> links)
    {
        var next = end;
        for (var i = stages.Count - 1; i >= 0; i--)
        {
            var link = new StageLink<EventBatch, EventBatch>(
                stages[i].Stage, context.ForStage(stages[i].Name, lane), new SkipEmpty(next), Rows, Rows);
            links.Insert(0, link);
            next = link;
        }

        return next;
    }

    public static IReadOnlyList<(string Name, Stage<EventBatch, EventBatch> Stage)> Create(IReadOnlyList<RowStagePlan> plans) =>
        [.. plans.Select(plan => (plan.Name, plan.Plan.Create()))];

    public static int Rows(EventBatch batch) => batch.SelectedCount;

    /// <summary>A batch in which no row is left goes back to the pool here, so that later stages are spared it.</summary>
    private sealed class SkipEmpty(IOutlet<EventBatch> next) : IOutlet<EventBatch>
    {
        public void Push(EventBatch element)
        {
            if (element.SelectedCount == 0)
            {
                element.Dispose();
            }
            else
            {
                next.Push(element);
            }
        }
    }
}
