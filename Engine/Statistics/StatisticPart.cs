using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Statistics;

/// <summary>A part of a statistic that is noised alike: some cells, and what one subject can change of them in one group.</summary>
/// <param name="Name">What it holds, for descriptions: <c>sum</c>, <c>count</c>, <c>squares</c>, <c>bins</c>, <c>tree</c>.</param>
/// <param name="Cells">How many numbers of each group.</param>
/// <param name="Largest">By how much a subject changes a cell at most.</param>
/// <param name="Touched">How many cells of a group a subject changes at most.</param>
public sealed record StatisticPart(string Name, int Cells, long Largest, int Touched)
{
    /// <summary>The sum of changes in a group (L1).</summary>
    public long Change => checked(Largest * Touched);

    /// <summary>The sum of squared changes in a group (L2 squared).</summary>
    public UInt128 SquaredChange => checked((UInt128)Largest * (UInt128)Largest * (UInt128)Touched);
}

/// <summary>A part with the noise that was calibrated for it.</summary>
/// <param name="Part">The part.</param>
/// <param name="Noise">The noise of each of its cells.</param>
public sealed record NoisedPart(StatisticPart Part, INoiseMechanism Noise);
