using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.TestKit.Rows;
using AkkaPrivacy.TestKit.Running;

namespace AkkaPrivacy.TestKit.Stages;

/// <summary>Leads a row stage of one's own by hand: batches, frontiers, idle moments, snapshots and restarts. After each call
/// all that went back to the pool is written over, so a stage that holds on to it gives itself away.</summary>
/// <remarks>A row is its event time (a text or a <see cref="DateTimeOffset"/>) and a value for each column: a text, a whole number, a
/// subject's name for a token, or null.</remarks>
public sealed class StageProbe
{
    private readonly RowOperator _node;
    private readonly ProbeColumns _columns;
    private readonly VirtualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<DeadLetter> _deadLetters = [];
    private Action<IReadOnlyList<ProbeRow>>? _downstream;
    private StageRun _run;
    private long _rows;

    /// <summary>Plans the operator and starts its stage.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="columns">The columns before it.</param>
    /// <exception cref="PlanException">The operator cannot be planned over these columns.</exception>
    public StageProbe(RowOperator node, params (string Name, ColumnType Type)[] columns)
    {
        ArgumentNullException.ThrowIfNull(node);
        (_node, _columns) = (node, new ProbeColumns(columns));
        _run = Start(null);
    }

    /// <summary>The columns behind the stage, its stability and description.</summary>
    public RowPlan Plan => _run.Plan;

    /// <summary>The stage's clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>Rows that the stage has reported one by one.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>How many rows the stage has reported since it was started or restored, by reason; also those that it only
    /// counts.</summary>
    public IReadOnlyDictionary<DeadLetterReason, long> DeadLetterCounts => _run.DeadLetters.Counts;

    /// <summary>Moves the stage's clock on. A stage that keeps its promises does not read it.</summary>
    /// <param name="by">How far, 0 or more.</param>
    public void Advance(TimeSpan by) => _time.Advance(by);

    /// <summary>Lets this be called inside each push, in place of the stage that follows. While it runs there is no demand: the
    /// stage waits. What it throws is a failure downstream, which the stage must let through.</summary>
    /// <param name="downstream">Called with the rows of the push; null for nothing.</param>
    public void OnPush(Action<IReadOnlyList<ProbeRow>>? downstream) => _downstream = downstream;

    /// <summary>Gives the stage one batch.</summary>
    /// <param name="rows">Its rows, 1 to 4096.</param>
    /// <returns>The rows that it pushed meanwhile.</returns>
    /// <exception cref="PipelineAssertionException">The stage broke its contract.</exception>
    public IReadOnlyList<ProbeRow> Push(params object?[][] rows)
    {
        var pushed = _run.OnBatch(rows, _rows + 1);
        _rows += rows.Length;
        return pushed;
    }

    /// <summary>Tells the stage a frontier, as a barrier does.</summary>
    /// <param name="upTo">Windows that end at or before this instant fire, as <c>2026-03-02T10:00Z</c>.</param>
    /// <param name="isEnd">Whether no more rows follow. Default: false.</param>
    /// <returns>The rows that it pushed meanwhile.</returns>
    public IReadOnlyList<ProbeRow> Barrier(string upTo, bool isEnd = false) =>
        _run.OnFrontier(new Frontier(long.MinValue, Instants.Parse(upTo).ToUnixTimeMilliseconds(), isEnd));

    /// <summary>Tells the stage that nothing comes at this moment.</summary>
    /// <returns>The rows that it pushed meanwhile.</returns>
    public IReadOnlyList<ProbeRow> Idle() => _run.OnIdle();

    /// <summary>The stage's state.</summary>
    /// <returns>The bytes; none for a stage without state.</returns>
    public byte[] Snapshot() => _run.Snapshot();

    /// <summary>Goes on with a new stage that takes up a state, as after a restart.</summary>
    /// <param name="state">The state; empty for none.</param>
    /// <exception cref="PipelineAssertionException">The stage does not read all of the state, or does not write the same again.</exception>
    public void Restore(byte[] state)
    {
        _run = Start(state);
        if (!_run.Snapshot().AsSpan().SequenceEqual(state))
        {
            throw _run.Failure("Snapshot, Restore and Snapshot give other bytes than the first Snapshot: a part of the state is lost, or is written in no fixed order.");
        }
    }

    /// <summary>Ends the input. Every batch must be back by then.</summary>
    /// <returns>The rows that it pushed meanwhile.</returns>
    /// <exception cref="PipelineAssertionException">A batch is missing.</exception>
    public IReadOnlyList<ProbeRow> Complete() => _run.Complete();

    private StageRun Start(byte[]? state) => new(_node, _columns, _time, state, _deadLetters.Add) { Downstream = rows => _downstream?.Invoke(rows) };
}
