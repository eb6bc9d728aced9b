using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.TestKit.Running;

namespace AkkaPrivacy.TestKit.Stages;

/// <summary>One life of a stage, led by hand as a runtime leads it.</summary>
internal sealed class StageRun : IOutlet<EventBatch>
{
    private readonly ProbeColumns _columns;
    private readonly Stage<EventBatch, EventBatch> _stage;
    private readonly List<ProbeRow> _pushed = [];
    private readonly HashSet<EventBatch> _open = [];
    private bool _inCall;

    public StageRun(RowOperator node, ProbeColumns columns, VirtualTime time, ReadOnlyMemory<byte>? state = null, Action<DeadLetter>? deadLetters = null)
    {
        (_columns, Kind) = (columns, node.Kind);
        var errors = new PlanErrors();
        Plan = node.Plan(columns.Schema, errors) ?? throw new PlanException(errors.All);
        DeadLetters = new DeadLetters(deadLetters);
        _stage = Plan.Create();
        _stage.Start(new StageContext
        {
            Name = node.Kind,
            Time = time,
            Randomness = new SeededNoise(1),
            Keys = new TestKeys(),
            Pool = Pool,
            DeadLetters = DeadLetters,
            Metrics = new StageMetrics(),
        });
        if (state is { } stored && !stored.IsEmpty)
        {
            var reader = new SnapshotReader(stored);
            _stage.Restore(reader);
            if (!reader.IsAtEnd)
            {
                throw Failure("Restore did not read all that Snapshot wrote.");
            }
        }
    }

    public string Kind { get; }

    public RowPlan Plan { get; }

    public BatchPool Pool { get; } = new();

    public DeadLetters DeadLetters { get; }

    /// <summary>Stands for what follows: called inside each push; what it throws is a failure downstream.</summary>
    public Action<IReadOnlyList<ProbeRow>>? Downstream { get; init; }

    /// <summary>Whether batches go back to the pool at once and are written over there. Otherwise they stay as they are until the
    /// stage completes.</summary>
    public bool Poisons { get; init; } = true;

    public List<ProbeRow> OnBatch(IReadOnlyList<object?[]> rows, long firstPosition) =>
        Call(() => _stage.OnBatch(_columns.ToBatch(Pool, rows, firstPosition), this));

    public List<ProbeRow> OnFrontier(Frontier frontier) => Call(() => _stage.OnFrontier(frontier, this));

    public List<ProbeRow> OnIdle() => Call(() => _stage.OnIdle(this));

    public List<ProbeRow> Complete()
    {
        var rows = Call(() => _stage.Complete(this));
        GiveBack();
        return Pool.Outstanding == 0 ? rows : throw Failure($"{Pool.Outstanding} batches were neither pushed nor disposed of when the stage had completed; each is lost to the pool.");
    }

    public byte[] Snapshot()
    {
        var writer = new SnapshotWriter();
        _stage.Snapshot(writer);
        return writer.Written.ToArray();
    }

    public void Push(EventBatch element)
    {
        if (!_inCall)
        {
            throw Failure("It pushed outside of OnBatch, OnFrontier, OnIdle and Complete.");
        }

        if (!_open.Add(element))
        {
            throw Failure("It pushed one batch twice; push a Share() of it.");
        }

        var rows = _columns.Read(element, Plan.Output);
        _pushed.AddRange(rows);
        Downstream?.Invoke(rows);
    }

    public PipelineAssertionException Failure(string message) => new($"Stage '{Kind}': {message}");

    private List<ProbeRow> Call(Action call)
    {
        _pushed.Clear();
        _inCall = true;
        try
        {
            call();
        }
        finally
        {
            _inCall = false;
            if (Poisons)
            {
                GiveBack();
                PoolPoison.Spill(Pool);
            }
        }

        return [.. _pushed];
    }

    private void GiveBack()
    {
        foreach (var batch in _open)
        {
            batch.Dispose();
        }

        _open.Clear();
    }
}
