using Akka.Actor;
using AkkaPrivacy.AkkaNet.Hosting.Join;
using AkkaPrivacy.AkkaNet.Singleton;
using AkkaPrivacy.AkkaNet.Singleton.Ownership;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>This process as a node of the cluster. Made by <see cref="AkkaPrivacyHosting"/>.</summary>
public sealed class ClusterNode
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActorSystem? _system;
    private PipelineHost? _pipelines;

    internal ClusterNode(ClusterConfiguration configuration) => Configuration = configuration;

    /// <summary>Its configuration.</summary>
    public ClusterConfiguration Configuration { get; }

    /// <summary>Whether it is a member that others count on.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Ends when the actor system has ended, because the node left or was removed.</summary>
    public Task Left => _left.Task;

    /// <summary>The actor system.</summary>
    /// <exception cref="InvalidOperationException">The host was not started.</exception>
    public ActorSystem System => _system ?? throw new InvalidOperationException("The host was not started.");

    /// <summary>Runs pipelines on this node.</summary>
    /// <exception cref="NodeRefusedException">The node does not have the role.</exception>
    public PipelineHost Pipelines => Configuration.Settings.Roles.Contains(ClusterSettings.PipelineRole)
        ? _pipelines ?? throw new InvalidOperationException("The host was not started.")
        : throw new NodeRefusedException($"Node '{Configuration.Settings.Name}' has no role '{ClusterSettings.PipelineRole}', so it runs no pipeline. Add it to akkaprivacy.cluster.node.roles.");

    internal MachineClient<OwnerState, OwnerCommand, OwnerEvent> Owner { get; private set; } = null!;

    internal void Attach(ActorSystem system)
    {
        _system = system;
        var settings = Configuration.Settings;
        system.WhenTerminated.ContinueWith(_ => OnLeft(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        system.ActorOf(Props.Create(() => new JoinGate(Configuration)).WithDispatcher("akkaprivacy.dispatchers.control"), JoinGate.Name);
        Owner = MachineSingletons.Start(system, new PipelineOwner(), PipelineOwner.Format(), new MachineSingletonOptions
        {
            Role = ClusterSettings.LedgerRole,
            SnapshotEvery = settings.SnapshotEvery,
            MinBackoff = settings.MinBackoff,
            MaxBackoff = settings.MaxBackoff,
            AskTimeout = settings.AskTimeout,
        });
        _pipelines = new PipelineHost(system, Owner, settings.DrainTimeout);
    }

    /// <summary>Makes sure of the journal, then joins.</summary>
    internal async Task JoinAsync(CancellationToken cancellationToken)
    {
        await JournalProbe.AskAsync(System, Configuration.Settings.JournalTimeout, cancellationToken).ConfigureAwait(false);
        await new ClusterJoin(System, Configuration).JoinAsync(cancellationToken).ConfigureAwait(false);
        IsUp = true;
    }

    private void OnLeft()
    {
        IsUp = false;
        _left.TrySetResult();
    }
}
