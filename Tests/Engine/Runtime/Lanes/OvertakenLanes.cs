using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.Tests.Engine.Runtime.Lanes;

/// <summary>Does what several lanes do when one of them is slow: holds batches back, so that later ones overtake them, until it is
/// asked to let everything pass. A fused lane does the work, so it is the same at every run.</summary>
/// <param name="inner">The lane.</param>
/// <param name="overtaken">By how many batches one is overtaken, by its place from 0; 0 or less for none.</param>
internal sealed class OvertakenLanes(ILaneSet inner, Func<int, int> overtaken) : ILaneSet
{
    private readonly List<(EventBatch Batch, int Left)> _held = [];
    private int _place;

    /// <summary>One batch is overtaken by some.</summary>
    public static LaneFactory Of(int place, int by) => (plan, _, arrival, context) =>
        new OvertakenLanes(new FusedLane(plan, arrival, context), batch => batch == place ? by : 0);

    public IEnumerable<IStageLink> Links => inner.Links;

    public IReadOnlyList<QueueSnapshot> Queues => inner.Queues;

    public ValueTask StartAsync(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states) => inner.StartAsync(states);

    public async ValueTask DispatchAsync(EventBatch batch)
    {
        if (overtaken(_place++) is var by and > 0)
        {
            _held.Add((batch, by));
            return;
        }

        try
        {
            await inner.DispatchAsync(batch);
        }
        finally
        {
            await PassAsync(1);
        }
    }

    public async ValueTask FlushAsync()
    {
        await PassAsync(int.MaxValue);
        await inner.FlushAsync();
    }

    public async ValueTask<BarrierResult> BarrierAsync(LaneBarrier barrier)
    {
        await PassAsync(int.MaxValue);
        return await inner.BarrierAsync(barrier);
    }

    public async ValueTask CompleteAsync()
    {
        await PassAsync(int.MaxValue);
        await inner.CompleteAsync();
    }

    public void Fail(Exception cause)
    {
        _held.ForEach(held => held.Batch.Dispose());
        _held.Clear();
        inner.Fail(cause);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask PassAsync(int batches)
    {
        for (var i = 0; i < _held.Count; i++)
        {
            _held[i] = (_held[i].Batch, _held[i].Left - batches);
        }

        while (_held.FindIndex(held => held.Left <= 0) is var next and >= 0)
        {
            var batch = _held[next].Batch;
            _held.RemoveAt(next);
            await inner.DispatchAsync(batch);
        }
    }
}
