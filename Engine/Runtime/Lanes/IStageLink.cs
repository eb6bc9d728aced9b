using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>A stage of one lane with what the runtime does to all stages alike.</summary>
internal interface IStageLink
{
    string Name { get; }

    int Lane { get; }

    StageMetrics Metrics { get; }

    void Start();

    void OnFrontier(Frontier frontier);

    void OnIdle();

    /// <summary>The stage's state, in a buffer that the next call overwrites.</summary>
    ReadOnlyMemory<byte> Snapshot();

    void Restore(SnapshotReader reader);

    void Complete();

    void Fail(Exception cause);
}
