using Akka.Actor;
using Akka.Streams;
using AkkaPrivacy.AkkaNet.Streams.Lanes;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Streams;

/// <summary>
/// Runs graphs on Akka.Streams: the planned graph is materialised as islands of fused stages with bounded buffers between
/// them. Reading, firing, checkpoints, releases and publishing are those of <see cref="EmbeddedRuntime"/>, so either
/// runtime takes up the state that the other stored, and failures are the same exceptions.
/// </summary>
/// <param name="system">The actor system; it must outlive the runs. A run fails when it ends.</param>
/// <param name="options">Store, ledger, keys.</param>
public sealed class AkkaRuntime(ActorSystem system, EmbeddedRuntimeOptions options) : IPipelineRuntime
{
    /// <summary>The dispatcher of the islands, by its key in the actor system's configuration. Default: null, the
    /// materializer's own.</summary>
    public string? Dispatcher { get; init; }

    /// <inheritdoc />
    public IPipelineRun Materialize(PipelineGraph graph) => Start(PipelinePlanner.Plan(graph));

    /// <summary>Starts a graph that was planned before.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The running pipeline.</returns>
    public IPipelineRun Start(PipelinePlan plan)
    {
        var run = new PipelineRun(plan, options with
        {
            Lanes = (planned, lanes, arrival, context) => new AkkaLanes(planned, lanes, arrival, context, system.Materializer(), Island(planned)),
        });
        run.Start();
        return run;
    }

    // Rows of one subject must not decide whether those of others count. So whatever the system's decider says, a
    // planned graph stops when a stage throws.
    private Attributes Island(PipelinePlan plan)
    {
        // Akka's buffers between islands have sizes of powers of two.
        var buffer = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)plan.Settings.QueueCapacity);
        var island = Attributes.CreateInputBuffer(buffer, buffer)
            .And(ActorAttributes.CreateSupervisionStrategy(Akka.Streams.Supervision.Deciders.StoppingDecider));
        return Dispatcher is null ? island : island.And(ActorAttributes.CreateDispatcher(Dispatcher));
    }
}
