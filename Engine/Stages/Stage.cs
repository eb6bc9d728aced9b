namespace AkkaPrivacy.Engine.Stages;

/// <summary>
/// A running stage, free of any runtime: it is fed elements one at a time and pushes what comes of them.
/// </summary>
/// <remarks>
/// <para>Lifecycle, by the runtime, never two calls at once (the thread may change between calls):</para>
/// <code>Start, [Restore], ( OnBatch | OnFrontier | OnIdle | Snapshot )*, Complete or Fail</code>
/// <list type="bullet">
/// <item><b>Emits</b> when it pushes into the outlet, zero or more times in any of OnBatch, OnFrontier, OnIdle and
/// Complete.</item>
/// <item><b>Backpressures</b> when a push does: a push returns when the next stage has taken the element, so a stage
/// needs no buffer of its own.</item>
/// <item><b>Completes</b> when the runtime calls <see cref="Complete"/>; nothing may be pushed afterwards.</item>
/// <item><b>Cancels</b> by throwing: the runtime calls <see cref="Fail"/> on every stage of the graph and keeps the last
/// snapshot.</item>
/// </list>
/// <para>One instance runs in each lane and sees a share of the rows: all rows of a subject after the exchange by
/// subject, any rows before it.</para>
/// </remarks>
/// <typeparam name="TIn">What it takes; a batch that it does not push on it must dispose of.</typeparam>
/// <typeparam name="TOut">What it pushes.</typeparam>
public abstract class Stage<TIn, TOut>
{
    private StageContext? _context;

    /// <summary>What the runtime lends the stage; there from <see cref="Start"/> on.</summary>
    protected StageContext Context => _context ?? throw new InvalidOperationException("The stage has not been started.");

    /// <summary>Called once, first. Overrides call the base method first.</summary>
    /// <param name="context">Clock, randomness, pool, dead letters, counters.</param>
    public virtual void Start(StageContext context) => _context = context;

    /// <summary>Called for each element, in order.</summary>
    /// <param name="element">The element; the stage owns it now.</param>
    /// <param name="outlet">Where to push.</param>
    public abstract void OnBatch(TIn element, IOutlet<TOut> outlet);

    /// <summary>Called when the arrival frontier has moved on: every row that arrived before it has been delivered.
    /// Windows fire here and nowhere else.</summary>
    /// <param name="frontier">The frontier.</param>
    /// <param name="outlet">Where to push.</param>
    public virtual void OnFrontier(Frontier frontier, IOutlet<TOut> outlet)
    {
    }

    /// <summary>Called when the source has had nothing for a while; a stage that buffers pushes what it has.</summary>
    /// <param name="outlet">Where to push.</param>
    public virtual void OnIdle(IOutlet<TOut> outlet)
    {
    }

    /// <summary>Writes the state, complete and free of raw identifiers. Called between elements, after
    /// <see cref="OnFrontier"/> of the same barrier; the stage goes on afterwards.</summary>
    /// <param name="writer">Where to write. A stage without state writes nothing.</param>
    public virtual void Snapshot(SnapshotWriter writer)
    {
    }

    /// <summary>Takes up a state that <see cref="Snapshot"/> wrote. Called at most once, after <see cref="Start"/>.</summary>
    /// <param name="reader">The state.</param>
    /// <exception cref="SnapshotException">The state is of another version or damaged; nothing is repaired silently.</exception>
    public virtual void Restore(SnapshotReader reader)
    {
    }

    /// <summary>Called once at the end of the input, after the last frontier.</summary>
    /// <param name="outlet">Where to push a last time.</param>
    public virtual void Complete(IOutlet<TOut> outlet)
    {
    }

    /// <summary>Called once instead of <see cref="Complete"/> when any stage failed or the graph was aborted. Releases
    /// resources; must not throw.</summary>
    /// <param name="cause">Why.</param>
    public virtual void Fail(Exception cause)
    {
    }
}
