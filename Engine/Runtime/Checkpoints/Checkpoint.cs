using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime.Checkpoints;

/// <summary>A consistent point of a pipeline: everything before these positions is in these states, and no more.</summary>
internal sealed record Checkpoint
{
    /// <summary>The version of checkpoints with <see cref="Begins"/>; others have version 1, which older builds read.</summary>
    public const int CurrentVersion = 2;

    public int Version { get; init; } = 1;

    public required int Lanes { get; init; }

    public required string KeyFingerprint { get; init; }

    public required IReadOnlyList<SourcePosition> Positions { get; init; }

    public required IReadOnlyList<long?> FiredUpTo { get; init; }

    public long? ArrivalLow { get; init; }

    public long? ArrivalHigh { get; init; }

    /// <summary>What was known of each partition's arrivals; taken up again only where the positions are the same.</summary>
    public IReadOnlyList<PartitionArrivals> Arrivals { get; init; } = [];

    /// <summary>See <see cref="BoundsGuard"/>.</summary>
    public IReadOnlyList<EarlierPeriod> Earlier { get; init; } = [];

    /// <summary>See <see cref="BoundsGuard"/>.</summary>
    public IReadOnlyList<long?> StateFrom { get; init; } = [];

    /// <summary>For each branch that a reload has added, the start of its first window, before which it has not read everything.</summary>
    public IReadOnlyList<long?> Begins { get; init; } = [];

    /// <summary>The epoch of the run that began this state; 0 when a build began it that did not say so.</summary>
    public long Since { get; init; }

    /// <summary>Whether the input had ended.</summary>
    public required bool Completed { get; init; }

    /// <summary>Keys of the stage states that belong to it.</summary>
    public required IReadOnlyList<string> States { get; init; }
}
