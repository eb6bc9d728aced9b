using AkkaPrivacy.Engine.Planning;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>Makes the lanes of a run. The reader's loop, firing, checkpoints and publishing are the same for all of them.</summary>
/// <param name="plan">The plan.</param>
/// <param name="lanes">How many lanes, 1 or more.</param>
/// <param name="arrival">Puts the arrival stage behind the parser.</param>
/// <param name="context">What all lanes share.</param>
/// <returns>The lanes, not started.</returns>
internal delegate ILaneSet LaneFactory(PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context);

/// <summary>Lanes of the embedded runtime.</summary>
internal static class LaneFactories
{
    public static ILaneSet Embedded(PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context) =>
        lanes == 1 ? new FusedLane(plan, arrival, context) : new ParallelLanes(plan, lanes, arrival, context);
}
