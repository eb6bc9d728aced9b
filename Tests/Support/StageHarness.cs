using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using Xunit;

namespace AkkaPrivacy.Tests.Support;

/// <summary>Plans a row operator, starts its stage and feeds it batches. Disposal completes the stage and asserts that
/// every batch came back to the pool.</summary>
public sealed class StageHarness : IDisposable, IOutlet<EventBatch>
{
    private readonly Stage<EventBatch, EventBatch> _stage;
    private readonly List<EventBatch> _all = [];
    private EventBatch? _pushed;

    public StageHarness(RowSchema input, RowOperator node, InMemoryKeyRing? keys = null, long periodMs = 0)
        : this(input, node, null, keys, periodMs)
    {
    }

    internal StageHarness(RowSchema input, RowOperator node, FollowedCell? followed, InMemoryKeyRing? keys = null, long periodMs = 0, StateBudget? memory = null)
    {
        Input = input;
        Keys = keys ?? new InMemoryKeyRing();
        var errors = new PlanErrors();
        Plan = node.Plan(input, errors) ?? throw new PlanException(errors.All);
        _stage = Plan.Create();
        _stage.Start(new StageContext
        {
            Name = node.Kind,
            Time = Clock,
            Randomness = new SeededRandomSource(1),
            Keys = Keys,
            PeriodMs = periodMs,
            Followed = followed,
            Memory = memory ?? StateBudget.Unlimited(),
            Pool = Pool,
            DeadLetters = DeadLetters,
            Metrics = new StageMetrics(),
        });
    }

    public RowSchema Input { get; }

    public RowSchema Output => Plan.Output;

    public RowPlan Plan { get; }

    public InMemoryKeyRing Keys { get; }

    public StoppedClock Clock { get; } = new();

    public BatchPool Pool { get; } = new();

    public DeadLetters DeadLetters { get; } = new();

    public static IReadOnlyList<PlanError> ErrorsOf(RowOperator node, RowSchema input)
    {
        var errors = new PlanErrors();
        var plan = node.Plan(input, errors);
        Assert.Equal(errors.Any, plan is null);
        return errors.All;
    }

    public EventBatch NewBatch(int count)
    {
        var batch = Pool.RentBatch();
        batch.SelectAll(count);
        batch.Partition = 3;
        batch.FirstPosition = 1000;
        return batch;
    }

    public EventBatch Run(EventBatch batch)
    {
        _pushed = null;
        _all.Clear();
        _stage.OnBatch(batch, this);
        return _pushed ?? throw new InvalidOperationException("The stage pushed nothing.");
    }

    /// <summary>For stages that push several batches, or none.</summary>
    public List<EventBatch> RunAll(EventBatch batch)
    {
        _all.Clear();
        _stage.OnBatch(batch, this);
        return [.. _all];
    }

    /// <summary>What the stage pushes when nothing comes.</summary>
    public List<EventBatch> RunIdle()
    {
        _all.Clear();
        _stage.OnIdle(this);
        return [.. _all];
    }

    public void RunAndDispose(EventBatch batch)
    {
        _all.Clear();
        _stage.OnBatch(batch, this);
        _all.ForEach(pushed => pushed.Dispose());
    }

    /// <summary>Runs one batch of texts in the column <paramref name="field"/> and reads the texts of the same name.</summary>
    public string[] Texts(string field, params string?[] values)
    {
        using var batch = Run(NewBatch(values.Length).WithText(Input, field, values));
        return batch.ReadTexts(Output, field);
    }

    public Stage<EventBatch, EventBatch> Stage => _stage;

    public void OnFrontier(Frontier frontier) => _stage.OnFrontier(frontier, this);

    public byte[] Snapshot()
    {
        var writer = new SnapshotWriter();
        _stage.Snapshot(writer);
        return writer.Written.ToArray();
    }

    public void Restore(byte[] state)
    {
        var reader = new SnapshotReader(state);
        _stage.Restore(reader);
        Assert.True(reader.IsAtEnd);
    }

    public void Dispose()
    {
        _stage.Complete(this);
        Assert.Equal(0, Pool.Outstanding);
    }

    void IOutlet<EventBatch>.Push(EventBatch element)
    {
        _pushed = element;
        _all.Add(element);
    }
}
