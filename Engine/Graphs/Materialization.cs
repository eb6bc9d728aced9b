using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Reloads;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>Which of two materialised values a combined graph keeps.</summary>
public static class Keep
{
    /// <summary>The value of the part that stands first.</summary>
    /// <typeparam name="TLeft">Its type.</typeparam>
    /// <typeparam name="TRight">The other type.</typeparam>
    /// <param name="left">The value of the part that stands first.</param>
    /// <param name="right">The other value.</param>
    /// <returns>The first value.</returns>
    public static TLeft Left<TLeft, TRight>(TLeft left, TRight right) => left;

    /// <summary>The value of the part that stands second.</summary>
    /// <typeparam name="TLeft">The other type.</typeparam>
    /// <typeparam name="TRight">Its type.</typeparam>
    /// <param name="left">The other value.</param>
    /// <param name="right">The value of the part that stands second.</param>
    /// <returns>The second value.</returns>
    public static TRight Right<TLeft, TRight>(TLeft left, TRight right) => right;

    /// <summary>Both values.</summary>
    /// <typeparam name="TLeft">The first type.</typeparam>
    /// <typeparam name="TRight">The second type.</typeparam>
    /// <param name="left">The first value.</param>
    /// <param name="right">The second value.</param>
    /// <returns>Both.</returns>
    public static (TLeft Left, TRight Right) Both<TLeft, TRight>(TLeft left, TRight right) => (left, right);
}

/// <summary>The materialised value of a part that has none of its own.</summary>
public readonly record struct NotUsed;

/// <summary>Stops a running graph from outside. Safe to call from any thread, also repeatedly.</summary>
public interface IKillSwitch
{
    /// <summary>Stops reading, lets what was read pass through, stores the state and completes. Windows that are open
    /// stay open in the state.</summary>
    void Shutdown();

    /// <summary>Stops at once without storing; the last stored state stays in force.</summary>
    /// <param name="cause">Why; the run's completion fails with it.</param>
    void Abort(Exception cause);
}

/// <summary>Runs graphs.</summary>
public interface IPipelineRuntime
{
    /// <summary>Plans a graph and starts it.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The running pipeline.</returns>
    /// <exception cref="Planning.PlanException">The graph cannot be run; all mistakes are listed.</exception>
    IPipelineRun Materialize(PipelineGraph graph);
}

/// <summary>A running pipeline.</summary>
public interface IPipelineRun
{
    /// <summary>Stops it.</summary>
    IKillSwitch KillSwitch { get; }

    /// <summary>Ends when the pipeline has ended; fails with what stopped it.</summary>
    Task<RunSummary> Completion { get; }

    /// <summary>Stops reading before the next batch and stores the state. Nothing is lost: open windows stay open, and the
    /// topology says <c>paused</c>, why and since when. Sinks go on publishing what was released. Paused again, it only takes
    /// the new reason; it may be shut down or aborted as ever. A run that has ended takes no notice.</summary>
    /// <param name="reason">Why, for the topology; no personal value. Default: none.</param>
    void Pause(string reason = "");

    /// <summary>Reads on after <see cref="Pause"/>; without one it does nothing.</summary>
    void Resume();

    /// <summary>Puts another graph in the place of the one that runs. Between two batches the run stores its state and goes on
    /// with the new plan: bounded windows that mean the same keep their state, new ones begin with the first window of which no
    /// row has been read. The source, side outputs and the number of lanes stay those of the run; the sinks are the new graph's. It
    /// is done at the source's next turn, also while the run is paused.</summary>
    /// <param name="graph">The graph. Its sinks belong to the run from here on.</param>
    /// <param name="options">How. Default: for good, and refused where open windows would be lost.</param>
    /// <param name="cancellationToken">Withdraws the plan while it waits for its turn.</param>
    /// <returns>What was done or, with <see cref="ReloadReport.Applied"/> false, would be done, or why not. A run whose reload
    /// is refused or fails goes on as it was.</returns>
    /// <exception cref="Planning.PlanException">The graph cannot be run; all mistakes are listed.</exception>
    /// <exception cref="PipelineException">The run has ended, or takes up no other plan. Nothing was changed.</exception>
    /// <exception cref="Ports.StoreException">The store failed; the plan in force stays.</exception>
    Task<ReloadReport> ReloadAsync(PipelineGraph graph, ReloadOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromException<ReloadReport>(new PipelineException("This run takes up no other plan: drain it, and run the new one. Nothing was changed."));

    /// <summary>Stages, queues and rates at this moment.</summary>
    /// <returns>The snapshot.</returns>
    TopologySnapshot Topology();
}
