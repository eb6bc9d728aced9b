using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>Puts the arrival stage behind the parser.</summary>
internal sealed class ArrivalStageFactory(PipelinePlan plan, FrontierTracker tracker)
{
    public IReadOnlyList<(string Name, Stage<EventBatch, EventBatch> Stage)> Insert(IReadOnlyList<RowStagePlan> shared)
    {
        var stages = RowChain.Create(shared).ToList();
        var parser = plan.Shared.ToList().FindIndex(stage => stage.IsParser);
        stages.Insert(parser + 1, ("arrival", new ArrivalStage(plan.Settings, plan.Arrival, tracker) { RoundMs = plan.LongestWindowMs }));
        return stages;
    }
}
