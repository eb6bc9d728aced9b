using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Runtime.Replays;
using AkkaPrivacy.Engine.Runtime.Supervision;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>What an <see cref="EmbeddedRuntime"/> needs.</summary>
public sealed record EmbeddedRuntimeOptions
{
    /// <summary>State, ledger and outbox. One store serves any number of pipelines. The caller disposes of it.</summary>
    public required IStore Store { get; init; }

    /// <summary>The budget ledger.</summary>
    public required ILedger Ledger { get; init; }

    /// <summary>The outbox that the ledger appends to.</summary>
    public required IOutbox Outbox { get; init; }

    /// <summary>Keys for tokens.</summary>
    public required IKeyRing Keys { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Randomness of noise and key selection. Default: cryptographic.</summary>
    public IRandomSource Randomness { get; init; } = CryptoRandomSource.Instance;

    /// <summary>Called for each dead letter that is a fault of a row or a stage (<see cref="SideOutputs.SideOutputReasons.Faults"/>),
    /// from any lane; null for none. Side outputs of the graph take other reasons too.</summary>
    public Action<DeadLetter>? DeadLetterListener { get; init; }

    /// <summary>Starts publishing beside the reader. A simulation runs it in the reader's place, so that a seed replays.</summary>
    internal Func<Func<Task>, Task> Background { get; init; } = Task.Run;

    /// <summary>Whether each barrier waits until the sinks have taken what it released: where sink and source are parts of one
    /// stream, a slow sink is to hold up the reading. Default: false.</summary>
    internal bool SinksHoldReader { get; init; }

    /// <summary>Starts the commit of a barrier beside the reader; what it returns waits for its end. Null when each barrier waits
    /// for its commit: in virtual time nothing goes on beside the reader. Default: a task of its own.</summary>
    internal Func<Func<Task>, Func<Task>>? CommitsBeside { get; init; } = Started;

    /// <summary>Called with each window that is about to be released, by one caller at a time.</summary>
    internal IBoundedTruthTap? Tap { get; init; }

    /// <summary>Makes the lanes of a run; another runtime puts its own here. Default: fused or parallel lanes in this process.</summary>
    internal LaneFactory Lanes { get; init; } = LaneFactories.Embedded;

    internal static Func<Task> Started(Func<Task> work)
    {
        var task = Task.Run(work);
        return () => task;
    }
}

/// <summary>Runs graphs in this process: stages fused into lanes, bounded queues between lanes, state and budget in one
/// store.</summary>
/// <param name="options">Store, ledger, keys.</param>
public sealed class EmbeddedRuntime(EmbeddedRuntimeOptions options) : IPipelineRuntime
{
    /// <inheritdoc />
    public IPipelineRun Materialize(PipelineGraph graph) => Start(PipelinePlanner.Plan(graph));

    /// <summary>Reads single rows again that a run left out, into the stored state: after a fix of a table, of the file or of the
    /// program that leaves the plan hash as it is. The source's positions, the frontier and what was released stay; bounds
    /// hold across both, since the windows are the same. Rows of windows that have fired count as
    /// <see cref="DeadLetterReason.AfterFiring"/>. No run of the pipeline may be under way: it would be superseded.</summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="letters">The places, as side outputs were told them.</param>
    /// <param name="cancellationToken">Cancels; nothing is stored then.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="PipelineException">There is no state of this plan, its arrival is the moment of reading, or a source
    /// cannot be read again or has other content; nothing was changed.</exception>
    public async Task<ReplaySummary> ReplayAsync(PipelinePlan plan, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        plan = plan with { Settings = plan.Settings with { Resume = true } };
        var again = new ConcurrentQueue<DeadLetter>();
        var listing = new SideOutput(new DelegateSideOutput(again.Enqueue), SideOutputReasons.All);
        var totals = new RunTotals(new DeadLetters(null, [listing]));
        var source = plan.Source.Open();
        await using (source.ConfigureAwait(false))
        {
            var state = new RunState(plan, options, totals, new Supervisor(plan, options.Time));
            await using (state.ConfigureAwait(false))
            {
                try
                {
                    return await state.ReplayAsync(source, letters, again, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    _ = await state.FailAsync(exception).ConfigureAwait(false);
                    throw;
                }
            }
        }
    }

    /// <summary>Starts a graph that was planned before.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The running pipeline.</returns>
    public IPipelineRun Start(PipelinePlan plan)
    {
        var run = new PipelineRun(plan, options);
        run.Start();
        return run;
    }
}
