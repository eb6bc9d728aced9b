using System.Collections.Immutable;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>A closed graph as data: what a runtime plans and runs.</summary>
/// <param name="Nodes">The nodes in order: a source, stages and branches, a sink.</param>
/// <param name="Settings">Name, account, time rules.</param>
public sealed record PipelineGraph(ImmutableArray<GraphNode> Nodes, PipelineSettings Settings)
{
    /// <summary>What happens when a part fails, by the name of a stage, or <c>source</c>, <c>stages</c>, <c>sinks</c>.
    /// Default: the run stops.</summary>
    public ImmutableSortedDictionary<string, SupervisionPolicy> Supervision { get; init; } = ImmutableSortedDictionary<string, SupervisionPolicy>.Empty;
}

/// <summary>A closed graph with its materialised value. Immutable; may be run more than once.</summary>
/// <typeparam name="TMat">The materialised value.</typeparam>
public sealed class RunnableGraph<TMat>
{
    private readonly Func<IPipelineRun, TMat> _materialize;

    internal RunnableGraph(PipelineGraph graph, Func<IPipelineRun, TMat> materialize)
    {
        Graph = graph;
        _materialize = materialize;
    }

    /// <summary>The graph as data.</summary>
    public PipelineGraph Graph { get; }

    /// <summary>Sets name, account and time rules.</summary>
    /// <param name="settings">The settings; they replace earlier ones.</param>
    /// <returns>The same graph with these settings.</returns>
    public RunnableGraph<TMat> WithSettings(PipelineSettings settings) => new(Graph with { Settings = settings }, _materialize);

    /// <summary>Says what happens when a part fails.</summary>
    /// <param name="name">The name of a stage, as in the topology, or <c>source</c>, <c>stages</c> (all that are not named),
    /// <c>sinks</c>. An unknown name is a mistake of the graph.</param>
    /// <param name="policy">The policy; it replaces an earlier one of that name.</param>
    /// <returns>The same graph with this policy.</returns>
    public RunnableGraph<TMat> Supervise(string name, SupervisionPolicy policy) =>
        new(Graph with { Supervision = Graph.Supervision.SetItem(name, policy) }, _materialize);

    /// <summary>Plans the graph and starts it.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <returns>The materialised value.</returns>
    /// <exception cref="Planning.PlanException">The graph cannot be run; all mistakes are listed.</exception>
    public TMat Run(IPipelineRuntime runtime) => _materialize(runtime.Materialize(Graph));
}
