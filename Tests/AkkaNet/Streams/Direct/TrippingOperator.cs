using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

/// <summary>Fails at its n-th batch and quotes what it should not.</summary>
internal sealed class TrippingOperator(string quote, int at) : RowOperator
{
    public override string Kind => "tripping";

    public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new Tripping(quote, at), "tripping", Stability.OneToOne);

    private sealed class Tripping(string quote, int at) : RowStage
    {
        private int _batches;

        protected override void Process(EventBatch batch)
        {
            if (++_batches == at)
            {
                throw new InvalidOperationException(quote);
            }
        }
    }
}
