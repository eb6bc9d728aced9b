using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Metrics;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>What all lanes of a run share.</summary>
internal sealed record LaneContext(TimeProvider Time, IRandomSource Randomness, IKeyRing Keys, BatchPool Pool, DeadLetters DeadLetters)
{
    public LatencyHistogram Latency { get; init; } = new(Time);

    public StateBudget Memory { get; init; } = StateBudget.Unlimited();

    public long PeriodMs { get; init; }

    /// <summary>What stages keep of the releases that they follow; null where nothing is released.</summary>
    public ReleaseFollowers? Followers { get; init; }

    public StageContext ForStage(string name, int lane) => new()
    {
        Name = name,
        Lane = lane,
        Time = Time,
        Randomness = Randomness,
        Keys = Keys,
        Pool = Pool,
        DeadLetters = DeadLetters,
        Memory = Memory,
        PeriodMs = PeriodMs,
        Followed = Followers?.Find(name),
        Metrics = new StageMetrics(),
    };
}
