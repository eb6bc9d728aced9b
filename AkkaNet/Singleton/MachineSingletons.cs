using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Pattern;

namespace AkkaPrivacy.AkkaNet.Singleton;

/// <summary>How a machine is run.</summary>
public sealed record MachineSingletonOptions
{
    /// <summary>Nodes of this role may run it; it runs on the oldest of them.</summary>
    public required string Role { get; init; }

    /// <summary>Events between two snapshots, 1 or more. Default 100.</summary>
    public int SnapshotEvery { get; init; } = 100;

    /// <summary>Wait before the first restart. Default 500 ms; doubles up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait before a restart. Default 30 s.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an asker waits for an answer. Default 5 s; then it asks again.</summary>
    public TimeSpan AskTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Its dispatcher, by its key in the actor system's configuration. Default empty: the default dispatcher.</summary>
    public string Dispatcher { get; init; } = "";
}

/// <summary>Starts machines as cluster singletons.</summary>
public static class MachineSingletons
{
    private const double BackoffJitter = 0.2;

    // It is restarted as long as the node lives: a journal may be away for an hour.
    private const int NoLimit = -1;

    /// <summary>Starts a machine's manager (on nodes of its role) and a way to ask it (on every node).</summary>
    /// <typeparam name="TState">The state.</typeparam>
    /// <typeparam name="TCommand">What is asked for.</typeparam>
    /// <typeparam name="TEvent">What happened.</typeparam>
    /// <param name="system">The actor system; member of a cluster or about to join one.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="format">Its name and format.</param>
    /// <param name="options">Role, snapshots, backoff.</param>
    /// <returns>A client.</returns>
    public static MachineClient<TState, TCommand, TEvent> Start<TState, TCommand, TEvent>(
        ActorSystem system,
        IStateMachine<TState, TCommand, TEvent> machine,
        MachineFormat<TState, TCommand, TEvent> format,
        MachineSingletonOptions options)
        where TState : notnull
        where TCommand : notnull
        where TEvent : notnull
    {
        var name = $"machine-{format.Name}";
        if (Akka.Cluster.Cluster.Get(system).SelfRoles.Contains(options.Role))
        {
            var settings = ClusterSingletonManagerSettings.Create(system).WithRole(options.Role).WithSingletonName("machine");
            system.ActorOf(ClusterSingletonManager.Props(On(options, Supervised(machine, format, options)), MachineHandOver.Instance, settings), name);
        }

        var proxy = ClusterSingletonProxy.Props($"/user/{name}", ClusterSingletonProxySettings.Create(system).WithRole(options.Role).WithSingletonName("machine"));
        return new MachineClient<TState, TCommand, TEvent>(system.ActorOf(proxy, $"{name}-proxy"), format, options.AskTimeout);
    }

    /// <summary>A machine under its supervisor, which starts it again with backoff until it is handed over.</summary>
    internal static Props Supervised<TState, TCommand, TEvent>(
        IStateMachine<TState, TCommand, TEvent> machine, MachineFormat<TState, TCommand, TEvent> format, MachineSingletonOptions options)
        where TState : notnull
        where TCommand : notnull
        where TEvent : notnull =>
        BackoffSupervisor.Props(
            Backoff.OnStop(
                    On(options, Props.Create(() => new StateMachineSingleton<TState, TCommand, TEvent>(machine, format, options.SnapshotEvery))),
                    "of", options.MinBackoff, options.MaxBackoff, BackoffJitter, NoLimit)
                .WithFinalStopMessage(message => message is MachineHandOver));

    private static Props On(MachineSingletonOptions options, Props props) => options.Dispatcher.Length == 0 ? props : props.WithDispatcher(options.Dispatcher);
}
