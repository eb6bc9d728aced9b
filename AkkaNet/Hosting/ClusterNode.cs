using Akka.Actor;
using AkkaPrivacy.AkkaNet.Hosting.Join;
using AkkaPrivacy.AkkaNet.Ledger;
using AkkaPrivacy.AkkaNet.Singleton;
using AkkaPrivacy.AkkaNet.Singleton.Ownership;
using AkkaPrivacy.AkkaNet.Streams;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>This process as a node of the cluster. Made by <see cref="AkkaPrivacyHosting"/>.</summary>
public sealed class ClusterNode
{
    private const string Dispatchers = "akkaprivacy.dispatchers.";
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IStore? _store;
    private readonly TimeProvider _time;
    private ActorSystem? _system;
    private PipelineHost? _pipelines;
    private ILedger? _ledger;

    internal ClusterNode(ClusterConfiguration configuration, IStore? store, TimeProvider time) =>
        (Configuration, _store, _time) = (configuration, store, time);

    /// <summary>Its configuration.</summary>
    public ClusterConfiguration Configuration { get; }

    /// <summary>What it does.</summary>
    public NodePhase Phase { get; private set; }

    /// <summary>Ends when the actor system has ended, because the node left or was removed.</summary>
    public Task Left => _left.Task;

    /// <summary>The actor system.</summary>
    /// <exception cref="InvalidOperationException">The host was not started.</exception>
    public ActorSystem System => _system ?? throw NotStarted();

    /// <summary>The ledger that this cluster's pipelines are charged by.</summary>
    /// <exception cref="InvalidOperationException">The host was not started.</exception>
    public ILedger Ledger => _ledger ?? throw NotStarted();

    /// <summary>Runs pipelines on this node.</summary>
    /// <exception cref="InvalidOperationException">The host was not started.</exception>
    /// <exception cref="NodeRefusedException">The node does not have the role.</exception>
    public PipelineHost Pipelines => Configuration.Settings.Roles.Contains(ClusterSettings.PipelineRole)
        ? _pipelines ?? throw NotStarted()
        : throw new NodeRefusedException($"Node '{Configuration.Settings.Name}' has no role '{ClusterSettings.PipelineRole}', so it runs no pipeline. Add it to akkaprivacy.cluster.node.roles.");

    internal bool IsAttached => _pipelines is not null;

    internal MachineClient<OwnerState, OwnerCommand, OwnerEvent> Owner { get; private set; } = null!;

    /// <summary>A runtime on this node's actor system and dispatcher, with the cluster's ledger.</summary>
    /// <param name="options">Store, outbox, keys; the ledger in it is replaced by <see cref="Ledger"/>.</param>
    /// <returns>The runtime.</returns>
    /// <exception cref="InvalidOperationException">The host was not started.</exception>
    public AkkaRuntime Runtime(EmbeddedRuntimeOptions options) => new(System, options with { Ledger = Ledger }) { Dispatcher = Dispatchers + "stages" };

    /// <summary>Offers a graph: this node runs it while it owns it, and hands it over when it leaves.</summary>
    /// <param name="graph">The graph; the same on every node that offers it.</param>
    /// <param name="options">Store, outbox, keys; the ledger in it is replaced by <see cref="Ledger"/>. Store and keys are
    /// those that all nodes share.</param>
    /// <param name="silent">Called when nobody has answered this node's offers for <see cref="ClusterSettings.Silence"/>, with
    /// how long and whether the pipeline runs here; offers go on. Null for nothing: <c>/health/ready</c> says it anyway.</param>
    /// <returns>What offers it.</returns>
    /// <exception cref="Engine.Planning.PlanException">The graph cannot be run, or has a running total while the cluster keeps
    /// accounts; all mistakes are listed.</exception>
    /// <exception cref="InvalidOperationException">The host was not started.</exception>
    /// <exception cref="NodeRefusedException">The node does not have the role.</exception>
    public HostedPipeline Offer(PipelineGraph graph, EmbeddedRuntimeOptions options, Action<TimeSpan, bool>? silent = null)
    {
        var plan = PipelinePlanner.Plan(graph);
        ClusterPlan.Check(plan, Configuration.Settings);
        var runtime = Runtime(options);
        return Pipelines.Offer(new PipelineAgentOptions
        {
            Pipeline = plan.Settings.Name,
            Plan = plan.Hash,
            OfferInterval = Configuration.Settings.OfferInterval,
            Silence = Configuration.Settings.Silence,
            Silent = silent ?? ((_, _) => { }),
            Start = () => runtime.Start(plan),
        });
    }

    internal void Attach(ActorSystem system)
    {
        _system = system;
        var settings = Configuration.Settings;
        system.WhenTerminated.ContinueWith(_ => OnLeft(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "akkaprivacy-draining", () =>
        {
            BeginDraining();
            return Task.FromResult(Akka.Done.Instance);
        });
        system.ActorOf(Props.Create(() => new JoinGate(Configuration)).WithDispatcher(Dispatchers + "control"), JoinGate.Name);
        _ledger = StartLedger(system, settings);
        Owner = MachineSingletons.Start(system, new PipelineOwner(), PipelineOwner.Format(), new MachineSingletonOptions
        {
            Role = ClusterSettings.LedgerRole,
            SnapshotEvery = settings.SnapshotEvery,
            MinBackoff = settings.MinBackoff,
            MaxBackoff = settings.MaxBackoff,
            AskTimeout = settings.AskTimeout,
            Dispatcher = Dispatchers + "control",
        });
        _pipelines = new PipelineHost(system, Owner, settings.DrainTimeout) { Draining = BeginDraining };
    }

    /// <summary>Makes sure of the journal, joins, and waits until somebody keeps accounts.</summary>
    internal async Task JoinAsync(CancellationToken cancellationToken)
    {
        await JournalProbe.AskAsync(System, Configuration.Settings.JournalTimeout, cancellationToken).ConfigureAwait(false);
        await new ClusterJoin(System, Configuration).JoinAsync(cancellationToken).ConfigureAwait(false);
        Phase = Phase == NodePhase.Starting ? NodePhase.Up : Phase;
    }

    private void BeginDraining() => Phase = Phase == NodePhase.Left ? NodePhase.Left : NodePhase.Draining;

    private ILedger StartLedger(ActorSystem system, ClusterSettings settings)
    {
        if (settings.LedgerPlace == LedgerPlace.Store)
        {
            return new BudgetLedger(_time);
        }

        var options = DerivedHocon.Ledger(settings);
        var region = settings.Roles.Contains(ClusterSettings.LedgerRole)
            ? LedgerSharding.Start(system, options, _time, _store)
            : LedgerSharding.StartProxy(system, options);
        return new ShardedLedger(region, options);
    }

    private void OnLeft()
    {
        Phase = NodePhase.Left;
        _left.TrySetResult();
    }

    private static InvalidOperationException NotStarted() => new("The host was not started.");
}

/// <summary>What a node does.</summary>
public enum NodePhase
{
    /// <summary>It makes sure of the journal and joins.</summary>
    Starting,

    /// <summary>It is a member.</summary>
    Up,

    /// <summary>It drains its pipelines, hands over and leaves; it takes nothing new.</summary>
    Draining,

    /// <summary>Its actor system has ended.</summary>
    Left,
}
