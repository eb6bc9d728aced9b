using System.Collections.Immutable;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>A closed graph as data: what a runtime plans and runs.</summary>
/// <param name="Nodes">The nodes in order: a source, stages and branches, a sink.</param>
/// <param name="Settings">Name, account, time rules.</param>
public sealed record PipelineGraph(ImmutableArray<GraphNode> Nodes, PipelineSettings Settings)
{
    /// <summary>What happens when a part fails, by the name of a stage, or <c>source</c>, <c>stages</c>, <c>sinks</c>.
    /// Default: the run stops.</summary>
    public ImmutableSortedDictionary<string, SupervisionPolicy> Supervision { get; init; } = ImmutableSortedDictionary<string, SupervisionPolicy>.Empty;

    /// <summary>Where the places of rows go that are left out. Default: nowhere; they are counted. No part of any hash.</summary>
    public ImmutableArray<SideOutput> SideOutputs { get; init; } = [];
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

    /// <summary>Sends the places of rows that are left out for a reason to an output, beside counting them.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="output">The output; a reason may have several, and an output several reasons.</param>
    /// <returns>The same graph with this output.</returns>
    public RunnableGraph<TMat> WithSideOutput(DeadLetterReason reason, ISideOutput output) => WithSideOutput([reason], output);

    /// <summary>Calls a delegate with the place of each row that is left out for a reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="add">The delegate; called from any lane.</param>
    /// <returns>The same graph with this output.</returns>
    public RunnableGraph<TMat> WithSideOutput(DeadLetterReason reason, Action<DeadLetter> add) => WithSideOutput([reason], new DelegateSideOutput(add));

    /// <summary>Sends the places of rows that are left out for any of several reasons to an output.</summary>
    /// <param name="reasons">The reasons, for example <see cref="SideOutputReasons.Faults"/>; at least one.</param>
    /// <param name="output">The output.</param>
    /// <returns>The same graph with this output.</returns>
    /// <exception cref="ArgumentException">There is no reason.</exception>
    public RunnableGraph<TMat> WithSideOutput(IEnumerable<DeadLetterReason> reasons, ISideOutput output)
    {
        var set = reasons.ToImmutableHashSet();
        return set.IsEmpty
            ? throw new ArgumentException("A side output takes at least one reason.", nameof(reasons))
            : new(Graph with { SideOutputs = Graph.SideOutputs.Add(new SideOutput(output, set)) }, _materialize);
    }

    /// <summary>Plans the graph and starts it.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <returns>The materialised value.</returns>
    /// <exception cref="Planning.PlanException">The graph cannot be run; all mistakes are listed.</exception>
    public TMat Run(IPipelineRuntime runtime) => _materialize(runtime.Materialize(Graph));
}
