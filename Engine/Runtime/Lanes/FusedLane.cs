using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>One lane: all stages fused on the reader's thread. No queue, no copy.</summary>
internal sealed class FusedLane : ILaneSet
{
    private readonly SubjectLane _subjects;
    private readonly IOutlet<EventBatch> _entry;
    private readonly List<IStageLink> _links = [];

    public FusedLane(PipelinePlan plan, ArrivalStageFactory arrival, LaneContext context)
    {
        _subjects = new SubjectLane(plan, 0, context);
        _entry = RowChain.Build(arrival.Insert(plan.Shared), _subjects, 0, context, _links);
    }

    public IEnumerable<IStageLink> Links => _links.Concat(_subjects.Links);

    public IReadOnlyList<QueueSnapshot> Queues => [];

    public ValueTask StartAsync(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        LaneStates.Start(Links, states);
        return ValueTask.CompletedTask;
    }

    public ValueTask DispatchAsync(EventBatch batch)
    {
        _entry.Push(batch);
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync()
    {
        foreach (var link in Links)
        {
            link.OnIdle();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<BarrierResult> BarrierAsync(LaneBarrier barrier)
    {
        if (barrier.Frontiers is { } frontiers)
        {
            _links.ForEach(link => link.OnFrontier(barrier.Earliest));
            _subjects.OnFrontier(frontiers);
        }

        var states = barrier.Snapshot ? LaneStates.Take(Links) : [];
        return ValueTask.FromResult(new BarrierResult(_subjects.TakeFired(), states));
    }

    public ValueTask CompleteAsync()
    {
        foreach (var link in Links)
        {
            link.Complete();
        }

        return ValueTask.CompletedTask;
    }

    public void Fail(Exception cause)
    {
        foreach (var link in Links)
        {
            link.Fail(cause);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
