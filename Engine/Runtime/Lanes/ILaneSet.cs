using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>The lanes of a run, fed by one reader.</summary>
internal interface ILaneSet : IAsyncDisposable
{
    IEnumerable<IStageLink> Links { get; }

    IReadOnlyList<QueueSnapshot> Queues { get; }

    /// <summary>Calls Start on every stage, and Restore on those whose state is there.</summary>
    ValueTask StartAsync(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states);

    /// <summary>Hands a batch over; waits while queues are full.</summary>
    ValueTask DispatchAsync(EventBatch batch);

    /// <summary>Lets everything that was dispatched pass through, and has stages that buffer push what they hold.</summary>
    ValueTask FlushAsync();

    /// <summary>Lets everything that was dispatched pass through, then fires windows and takes snapshots while nothing
    /// else runs. This is the only point at which windows fire.</summary>
    ValueTask<BarrierResult> BarrierAsync(LaneBarrier barrier);

    /// <summary>Completes every stage; the input has ended or was left.</summary>
    ValueTask CompleteAsync();

    void Fail(Exception cause);
}

/// <summary>A point between two batches.</summary>
/// <param name="Frontiers">One for each branch; null when nothing fires.</param>
/// <param name="Snapshot">Whether to take snapshots.</param>
internal sealed record LaneBarrier(IReadOnlyList<Frontier>? Frontiers, bool Snapshot)
{
    /// <summary>The frontier of stages before the branches: what every branch has reached.</summary>
    public Frontier Earliest => Frontiers!.MinBy(frontier => frontier.FireUpToMs);
}

/// <summary>What came of a barrier.</summary>
/// <param name="Fired">The fired windows of all lanes, not merged.</param>
/// <param name="States">Stage states by <c>lane/stage</c>.</param>
internal sealed record BarrierResult(IReadOnlyList<FiredWindow> Fired, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States);
