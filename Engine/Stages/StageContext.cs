using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Engine.Stages;

/// <summary>What the runtime lends a stage.</summary>
public sealed record StageContext
{
    /// <summary>The stage's name in the graph, unique.</summary>
    public required string Name { get; init; }

    /// <summary>The lane it runs in, from 0.</summary>
    public int Lane { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Cryptographic randomness, or a seeded one under test.</summary>
    public required IRandomSource Randomness { get; init; }

    /// <summary>Keys for tokens.</summary>
    public required IKeyRing Keys { get; init; }

    /// <summary>Where batches and columns come from.</summary>
    public required BatchPool Pool { get; init; }

    /// <summary>Where rows go that cannot be processed; counted by reason and position, never by value.</summary>
    public required DeadLetters DeadLetters { get; init; }

    /// <summary>The accounting period, milliseconds from the Unix epoch on. A stage that remembers rows lets those of one period change
    /// nothing in another. 0 outside of a pipeline: all time is one period. Default: 0.</summary>
    public long PeriodMs { get; init; }

    /// <summary>Memory for state, shared by all stages of the run. Default: unlimited.</summary>
    public StateBudget Memory { get; init; } = StateBudget.Unlimited();

    /// <summary>What the stage keeps of the releases that it follows; null for a stage that follows none.</summary>
    internal Runtime.Firing.FollowedCell? Followed { get; init; }

    /// <summary>The stage's counters.</summary>
    public required StageMetrics Metrics { get; init; }
}
