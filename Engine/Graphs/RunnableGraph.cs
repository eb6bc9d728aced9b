using System.Collections.Immutable;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>A closed graph as data: what a runtime plans and runs.</summary>
/// <param name="Nodes">The nodes in order: a source, stages and branches, a sink.</param>
/// <param name="Settings">Name, account, time rules.</param>
public sealed record PipelineGraph(ImmutableArray<GraphNode> Nodes, PipelineSettings Settings);

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

    /// <summary>Plans the graph and starts it.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <returns>The materialised value.</returns>
    /// <exception cref="Planning.PlanException">The graph cannot be run; all mistakes are listed.</exception>
    public TMat Run(IPipelineRuntime runtime) => _materialize(runtime.Materialize(Graph));
}
