using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>A row operator with its fields resolved.</summary>
/// <param name="Output">The columns that leave it.</param>
/// <param name="Create">Makes the stage of one lane.</param>
/// <param name="Description">The operator and its parameters, for the privacy plan and the plan hash.</param>
/// <param name="Stability">How far one subject's rows reach through the stage. There is no default: its author says it.</param>
public sealed record RowPlan(RowSchema Output, Func<Stage<EventBatch, EventBatch>> Create, string Description, Stability Stability)
{
    /// <summary>For a stage that follows windows: it has pushed everything of a window once all rows up to the next multiple of
    /// this, in milliseconds, have come, so windows fire no earlier. Divides the accounting period. Default: 1, at once.</summary>
    public long HoldMs { get; init; } = 1;

    /// <summary>Whether the stage must see all rows of a subject, because it remembers rows: it is put behind the exchange
    /// by subject, and with it every stage that follows. What it does to a row may depend on that row and on earlier rows of
    /// the same subject, on nothing else. Default: false; the stage may then see any share of the rows.</summary>
    public bool BySubject { get; init; }

    /// <summary>Whether a row on which the stage fails can be found and left out by itself: the stage is a
    /// <see cref="RowStage"/>, keeps nothing between rows, does the same to a row whichever others come with it, and puts
    /// its results into columns that it rented. Only such a stage may be supervised with resume. Default: false.</summary>
    public bool IsRowWise { get; init; }

    /// <summary>For a stage that is <see cref="BySubject"/>: the slot of the tokens by which it tells subjects apart, which must be those
    /// that are bounded; by others it would let subjects reach each other. Default: null, where its author answers for it.</summary>
    public int? SubjectSlot { get; init; }

    /// <summary>How many rows of the input each row that leaves stands for: 1 / rate after a sample. Results describe the
    /// rows that are left; whoever multiplies them by the weight, to estimate the whole, multiplies their sensitivity
    /// by it too. Default: 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>For a stage that keeps a share of the subjects by the randomness of their tokens: the slot of the tokens. Two such
    /// stages do not choose independently of each other.</summary>
    internal int? SampledSlot { get; init; }

    /// <summary>For a stage that goes by what a query has released.</summary>
    internal FollowPlan? Follows { get; init; }
}
