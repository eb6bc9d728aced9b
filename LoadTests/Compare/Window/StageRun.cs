using System.Numerics;
using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.LoadTests.Compare.Window;

/// <summary>The product's stage: a pass adds all batches to one window and fires it.</summary>
internal sealed class StageRun : IOutlet<WindowAggregate>
{
    private readonly WindowWorkload _workload;
    private readonly BoundedWindowStage _stage;
    private long _passes;

    public StageRun(WindowWorkload workload, int groups, bool totals)
    {
        _workload = workload;
        _stage = new BoundedWindowStage(
            new BoundedWindowPlan
            {
                Group = "views",
                SubjectSlot = WindowWorkload.SubjectSlot,
                GroupBy = totals ? [] : [new GroupField("page", WindowWorkload.KeySlot, ColumnType.Text)],
                KnownKeys = null,
                Bounds = new ContributionBounds { Groups = groups, RowsPerGroup = DictionaryRun.RowsPerGroup },
                Sums = [],
                WindowMs = WindowMs,
                PeriodMs = WindowMs,
            },
            "user");
        _stage.Start(new StageContext
        {
            Name = "bound",
            Time = TimeProvider.System,
            Randomness = CryptoRandomSource.Instance,
            Keys = null!,
            Pool = workload.Pool,
            DeadLetters = new DeadLetters(),
            Metrics = new StageMetrics(),
        });
    }

    /// <summary>Size of the window, larger than any event time of the workload.</summary>
    public static long WindowMs => 3_600_000;

    /// <summary>The last aggregate.</summary>
    public WindowAggregate? Last { get; private set; }

    /// <summary>Bytes of state at the end of the last pass, before firing.</summary>
    public long StateBytes { get; private set; }

    /// <summary>Does a pass.</summary>
    /// <returns>Number of rows.</returns>
    public long Pass()
    {
        foreach (EventBatch batch in _workload.Batches)
        {
            Move(batch);
            _stage.OnBatch(batch.Share(), this);
        }

        StateBytes = _stage.StateBytes;
        _passes++;
        _stage.OnFrontier(new Frontier(0, _passes * WindowMs, false), this);
        return _workload.Rows;
    }

    // Rows move on to the window of this pass. That costs a vector addition, and the baseline is spared it.
    private void Move(EventBatch batch)
    {
        Span<long> times = batch.Int64(RowSchema.EventTime).Values;
        long move = (_passes * WindowMs) - (times[0] / WindowMs * WindowMs);
        AddToAll(times, move);
    }

    private static void AddToAll(Span<long> values, long addend)
    {
        Span<Vector<long>> vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        Vector<long> addends = new(addend);
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] += addends;
        }
    }

    void IOutlet<WindowAggregate>.Push(WindowAggregate element) => Last = element;
}
