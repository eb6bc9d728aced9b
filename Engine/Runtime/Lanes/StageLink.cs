using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>
/// Fuses a stage to the next one: a push is a call. Counts rows and the time inside the stage itself, which is the time
/// of the call without the time of the pushes it makes.
/// </summary>
internal sealed class StageLink<TIn, TOut>(
    Stage<TIn, TOut> stage, StageContext context, IOutlet<TOut> next, Func<TIn, int> rowsIn, Func<TOut, int> rowsOut)
    : IOutlet<TIn>, IStageLink
{
    private readonly Outlet _outlet = new(next, rowsOut, context.Time);
    private readonly SnapshotWriter _snapshot = new();
    private readonly TimeProvider _time = context.Time;

    public string Name => context.Name;

    public int Lane => context.Lane;

    public StageMetrics Metrics => context.Metrics;

    public void Start() => Guard(() => stage.Start(context));

    public void Push(TIn element)
    {
        var rows = rowsIn(element);
        var start = Begin();
        try
        {
            stage.OnBatch(element, _outlet);
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw new StageFailedException(Name, exception);
        }

        End(start, rows);
    }

    public void OnFrontier(Frontier frontier)
    {
        var start = Begin();
        Guard(() => stage.OnFrontier(frontier, _outlet));
        End(start, 0);
    }

    public void OnIdle()
    {
        var start = Begin();
        Guard(() => stage.OnIdle(_outlet));
        if (_outlet.Rows > 0)
        {
            End(start, 0);
        }
    }

    public ReadOnlyMemory<byte> Snapshot()
    {
        _snapshot.Reset();
        Guard(() => stage.Snapshot(_snapshot));
        return _snapshot.Written;
    }

    public void Restore(SnapshotReader reader) => Guard(() => stage.Restore(reader));

    public void Complete() => Guard(() => stage.Complete(_outlet));

    public void Fail(Exception cause)
    {
        try
        {
            stage.Fail(cause);
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            // Stages promise not to throw here. The run reports what stopped it, and the other stages are still to be told.
        }
    }

    // Messages of these are the product's own and quote no row.
    private static bool IsForeign(Exception exception) =>
        exception is not (StageFailedException or PipelineException or SnapshotException or OutOfMemoryException);

    private void Guard(Action call)
    {
        try
        {
            call();
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw new StageFailedException(Name, exception);
        }
    }

    private long Begin()
    {
        _outlet.Reset();
        return _time.GetTimestamp();
    }

    private void End(long start, int rows) => Metrics.Add(rows, _outlet.Rows, _time.GetTimestamp() - start - _outlet.Ticks);

    private sealed class Outlet(IOutlet<TOut> next, Func<TOut, int> rows, TimeProvider time) : IOutlet<TOut>
    {
        public long Ticks { get; private set; }

        public int Rows { get; private set; }

        public void Reset()
        {
            Ticks = 0;
            Rows = 0;
        }

        public void Push(TOut element)
        {
            Rows += rows(element);
            var start = time.GetTimestamp();
            next.Push(element);
            Ticks += time.GetTimestamp() - start;
        }
    }
}
