using System.Collections.Immutable;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>A middle part of a graph, to be reused. Immutable.</summary>
/// <typeparam name="TIn">What flows in.</typeparam>
/// <typeparam name="TOut">What flows out.</typeparam>
/// <typeparam name="TMat">The materialised value.</typeparam>
public sealed class Flow<TIn, TOut, TMat>
    where TIn : IStreamState
    where TOut : IStreamState
{
    internal Flow(ImmutableArray<GraphNode> nodes, Func<IPipelineRun, TMat> materialize)
    {
        Nodes = nodes;
        Materialize = materialize;
    }

    internal ImmutableArray<GraphNode> Nodes { get; }

    internal Func<IPipelineRun, TMat> Materialize { get; }

    /// <summary>Appends a flow; keeps this flow's materialised value.</summary>
    /// <typeparam name="TNext">What flows out of it.</typeparam>
    /// <typeparam name="TMat2">Its materialised value.</typeparam>
    /// <param name="flow">The flow.</param>
    /// <returns>The longer flow.</returns>
    public Flow<TIn, TNext, TMat> Via<TNext, TMat2>(Flow<TOut, TNext, TMat2> flow)
        where TNext : IStreamState => new(Nodes.AddRange(flow.Nodes), Materialize);

    /// <summary>Sends a copy of the stream into a sink as well. Backpressures when either side does.</summary>
    /// <typeparam name="TMat2">The sink's materialised value; not kept.</typeparam>
    /// <param name="sink">The sink.</param>
    /// <returns>The same stream.</returns>
    public Flow<TIn, TOut, TMat> AlsoTo<TMat2>(Sink<TOut, TMat2> sink) => new(Nodes.Add(new BranchNode(sink.Nodes)), Materialize);

    /// <summary>Closes the flow; keeps the sink's materialised value.</summary>
    /// <typeparam name="TMat2">The sink's materialised value.</typeparam>
    /// <param name="sink">The sink.</param>
    /// <returns>A sink for <typeparamref name="TIn"/>.</returns>
    public Sink<TIn, TMat2> To<TMat2>(Sink<TOut, TMat2> sink) => new(Nodes.AddRange(sink.Nodes), sink.Materialize);
}

/// <summary>Flows.</summary>
public static class Flow
{
    /// <summary>The empty flow, to start from: <c>Flow.Of&lt;TokenizedRows&gt;().Bound(...)</c>.</summary>
    /// <typeparam name="T">What flows in and out.</typeparam>
    /// <returns>The flow.</returns>
    public static Flow<T, T, NotUsed> Of<T>()
        where T : IStreamState => new([], _ => default);

    /// <summary>A stage of one's own on rows without raw identifiers.</summary>
    /// <param name="rowOperator">The operator; its plan declares its stability.</param>
    /// <returns>The flow.</returns>
    public static Flow<TokenizedRows, TokenizedRows, NotUsed> FromOperator(RowOperator rowOperator) => Single<TokenizedRows, TokenizedRows>(rowOperator);

    // Only operators inside the product may change the state of a stream.
    internal static Flow<TIn, TOut, NotUsed> Single<TIn, TOut>(GraphNode node)
        where TIn : IStreamState
        where TOut : IStreamState => new([node], _ => default);
}

/// <summary>Kill switches.</summary>
public static class KillSwitches
{
    /// <summary>A flow that changes nothing and materialises the pipeline's kill switch. Emits, backpressures, completes
    /// and cancels as its neighbours do.</summary>
    /// <typeparam name="T">What flows through.</typeparam>
    /// <returns>The flow.</returns>
    public static Flow<T, T, IKillSwitch> Single<T>()
        where T : IStreamState => new([new KillSwitchNode()], run => run.KillSwitch);
}
