using Akka.Actor;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Singleton.Ownership;

/// <summary>Runs pipelines on this node while it owns them.</summary>
public sealed class PipelineHost
{
    private readonly ActorSystem _system;
    private readonly MachineClient<OwnerState, OwnerCommand, OwnerEvent> _owner;
    private readonly TimeSpan _drainTimeout;

    internal PipelineHost(ActorSystem system, MachineClient<OwnerState, OwnerCommand, OwnerEvent> owner, TimeSpan drainTimeout) =>
        (_system, _owner, _drainTimeout) = (system, owner, drainTimeout);

    /// <summary>Called when a pipeline begins to drain.</summary>
    internal Action Draining { get; init; } = () => { };

    /// <summary>Offers a pipeline. When the node shuts down it is drained before the node leaves the cluster.</summary>
    /// <param name="options">The pipeline.</param>
    /// <returns>What offers it.</returns>
    public HostedPipeline Offer(PipelineAgentOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new TaskCompletionSource<RunSummary?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var agent = _system.ActorOf(Props.Create(() => new PipelineAgent(options, _owner, result)).WithDispatcher("akkaprivacy.dispatchers.control"));
        var hosted = new HostedPipeline(agent, result.Task, _drainTimeout, Draining);
        CoordinatedShutdown.Get(_system).AddTask(CoordinatedShutdown.PhaseServiceStop, $"drain-{agent.Path.Name.TrimStart('$')}", async () =>
        {
            await hosted.DrainAsync().ConfigureAwait(false);
            return Akka.Done.Instance;
        });
        return hosted;
    }
}

/// <summary>A pipeline that this node offers.</summary>
public sealed class HostedPipeline
{
    private readonly IActorRef _agent;
    private readonly TimeSpan _drainTimeout;

    private readonly Action _draining;

    internal HostedPipeline(IActorRef agent, Task<RunSummary?> completion, TimeSpan drainTimeout, Action draining) =>
        (_agent, Completion, _drainTimeout, _draining) = (agent, completion, drainTimeout, draining);

    /// <summary>Ends with the run on this node; with null when it was drained before this node became the owner. Fails with
    /// what stopped the run, for example that another node has taken over.</summary>
    public Task<RunSummary?> Completion { get; }

    /// <summary>Stops reading, processes and stores what was read, and lets go of the pipeline.</summary>
    /// <returns>A task that ends when nothing runs here any more; it fails with <see cref="AskTimeoutException"/> when that
    /// takes longer than the drain timeout.</returns>
    public Task DrainAsync()
    {
        _draining();
        return _agent.Ask<AgentDrained>(AgentDrain.Instance, _drainTimeout);
    }

    /// <summary>Stops at once; the last stored state stays in force.</summary>
    public void Abort() => _agent.Tell(AgentAbort.Instance);
}
