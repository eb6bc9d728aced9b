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

    public void Start() => stage.Start(context);

    public void Push(TIn element)
    {
        var rows = rowsIn(element);
        var start = Begin();
        try
        {
            stage.OnBatch(element, _outlet);
        }
        catch (Exception exception) when (exception is not StageFailedException and not OutOfMemoryException)
        {
            throw new StageFailedException(Name, exception);
        }

        End(start, rows);
    }

    public void OnFrontier(Frontier frontier)
    {
        var start = Begin();
        stage.OnFrontier(frontier, _outlet);
        End(start, 0);
    }

    public void OnIdle() => stage.OnIdle(_outlet);

    public ReadOnlyMemory<byte> Snapshot()
    {
        _snapshot.Reset();
        stage.Snapshot(_snapshot);
        return _snapshot.Written;
    }

    public void Restore(SnapshotReader reader) => stage.Restore(reader);

    public void Complete() => stage.Complete(_outlet);

    public void Fail(Exception cause) => stage.Fail(cause);

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
