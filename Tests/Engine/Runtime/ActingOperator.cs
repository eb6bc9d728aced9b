using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Tests.Engine.Runtime;

/// <summary>A row stage that does what a test says.</summary>
internal sealed class ActingOperator(string kind, Action<EventBatch> act) : RowOperator
{
    public override string Kind => kind;

    public bool IsRowWise { get; init; }

    public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new ActingStage(act), kind, Stability.OneToOne) { IsRowWise = IsRowWise };

    private sealed class ActingStage(Action<EventBatch> act) : RowStage
    {
        protected override void Process(EventBatch batch) => act(batch);
    }
}
