using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>A control that the reader waits for: it is done when it has come to every end of the lanes.</summary>
internal abstract class LaneControl(int ends) : Control
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<FiredWindow> _fired = [];
    private int _left = ends;

    public Task Done => _done.Task;

    /// <summary>What had fired where the control came to an end.</summary>
    public IReadOnlyList<FiredWindow> Fired => [.. _fired.OrderBy(window => window.Branch).ThenBy(window => window.Aggregate.Window)];

    public void Arrive(List<FiredWindow> fired)
    {
        fired.ForEach(_fired.Add);
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _done.SetResult();
        }
    }
}

/// <summary>Tells that every stage has been started.</summary>
internal sealed class StartControl(int ends) : LaneControl(ends)
{
    public override void Apply(IStageLink link, int branch)
    {
    }
}

/// <summary>Has stages that buffer push what they hold.</summary>
internal sealed class FlushControl(int ends) : LaneControl(ends)
{
    public override void Apply(IStageLink link, int branch) => link.OnIdle();
}

/// <summary>Fires windows and takes snapshots.</summary>
internal sealed class BarrierControl(int ends, LaneBarrier barrier) : LaneControl(ends)
{
    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _states = new();

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States => _states;

    public override void Apply(IStageLink link, int branch)
    {
        if (barrier.Frontiers is { } frontiers)
        {
            link.OnFrontier(branch < 0 ? barrier.Earliest : frontiers[branch]);
        }

        if (barrier.Snapshot && link.Snapshot() is { IsEmpty: false } state)
        {
            _states[LaneStates.Key(link)] = state;
        }
    }

    public override ReadOnlyMemory<byte>? StateOf(IStageLink link) => _states.TryGetValue(LaneStates.Key(link), out var state) ? (ReadOnlyMemory<byte>?)state : null;
}
