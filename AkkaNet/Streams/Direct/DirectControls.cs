using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>The first through a graph: every step tells what it does, so that the end knows the whole.</summary>
internal sealed class OpenControl : Control
{
    public override void Apply(IStageLink link, int branch)
    {
    }
}

/// <summary>Shows that batches still come through, one after the other.</summary>
internal sealed class ProbeControl : Control
{
    public override void Apply(IStageLink link, int branch)
    {
    }
}

/// <summary>A control that the reader's loop waits for: it is done when the last step has seen it.</summary>
internal abstract class DirectControl : Control
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public IReadOnlyList<FiredWindow> Fired { get; private set; } = [];

    public void Arrive(IReadOnlyList<FiredWindow> fired)
    {
        Fired = fired;
        _done.SetResult();
    }
}

/// <summary>Starts the stages of each step, with their stored state.</summary>
internal sealed class BeginControl(DirectLanes lanes) : DirectControl
{
    public DirectLanes Lanes => lanes;

    public override void Apply(IStageLink link, int branch)
    {
    }
}

/// <summary>Has stages that buffer push what they hold.</summary>
internal sealed class IdleControl : DirectControl
{
    public override void Apply(IStageLink link, int branch) => link.OnIdle();
}

/// <summary>Fires windows and takes snapshots, one step after the other.</summary>
internal sealed class FireControl(LaneBarrier barrier) : DirectControl
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _states = [];

    public LaneBarrier Barrier => barrier;

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States => _states;

    public override void Apply(IStageLink link, int branch)
    {
        if (barrier.Frontiers is not null && branch < 0)
        {
            link.OnFrontier(barrier.Earliest);
        }

        if (barrier.Snapshot && link.Snapshot() is { IsEmpty: false } state)
        {
            _states[LaneStates.Key(link)] = state;
        }
    }
}
