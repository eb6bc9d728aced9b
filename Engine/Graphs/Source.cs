using System.Collections.Immutable;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>The start of a graph, up to a point where <typeparamref name="TOut"/> flows. Immutable: every method
/// returns a new source, and a source may be the start of several graphs.</summary>
/// <typeparam name="TOut">What flows out.</typeparam>
/// <typeparam name="TMat">The materialised value.</typeparam>
public sealed class Source<TOut, TMat>
    where TOut : IStreamState
{
    internal Source(ImmutableArray<GraphNode> nodes, Func<IPipelineRun, TMat> materialize)
    {
        Nodes = nodes;
        Materialize = materialize;
    }

    internal ImmutableArray<GraphNode> Nodes { get; }

    internal Func<IPipelineRun, TMat> Materialize { get; }

    // The same source read more slowly; what its rows mean stays.
    internal Source<TOut, TMat> Throttled(Func<Func<IEventSource>, Func<IEventSource>> wrap) => Nodes is [SourceNode node, .. var rest]
        ? new([new SourceNode(node.Description, wrap(node.Open), node.Schema) { Origin = node.Origin, IsThrottled = true }, .. rest], Materialize)
        : throw new InvalidOperationException("The graph does not start with a source.");

    /// <summary>Appends a flow; keeps this source's materialised value.</summary>
    /// <typeparam name="TNext">What flows out of it.</typeparam>
    /// <typeparam name="TMat2">Its materialised value.</typeparam>
    /// <param name="flow">The flow.</param>
    /// <returns>The longer source.</returns>
    public Source<TNext, TMat> Via<TNext, TMat2>(Flow<TOut, TNext, TMat2> flow)
        where TNext : IStreamState => ViaMaterialized(flow, Keep.Left);

    /// <summary>Appends a flow and combines the materialised values.</summary>
    /// <typeparam name="TNext">What flows out of it.</typeparam>
    /// <typeparam name="TMat2">Its materialised value.</typeparam>
    /// <typeparam name="TMat3">The combined value.</typeparam>
    /// <param name="flow">The flow.</param>
    /// <param name="combine">For example <see cref="Keep.Right"/>.</param>
    /// <returns>The longer source.</returns>
    public Source<TNext, TMat3> ViaMaterialized<TNext, TMat2, TMat3>(Flow<TOut, TNext, TMat2> flow, Func<TMat, TMat2, TMat3> combine)
        where TNext : IStreamState => new(Nodes.AddRange(flow.Nodes), run => combine(Materialize(run), flow.Materialize(run)));

    /// <summary>Sends a copy of the stream into a sink as well. Backpressures when either side does.</summary>
    /// <typeparam name="TMat2">The sink's materialised value; not kept.</typeparam>
    /// <param name="sink">The sink, or a flow closed by <c>To</c>.</param>
    /// <returns>The same stream.</returns>
    public Source<TOut, TMat> AlsoTo<TMat2>(Sink<TOut, TMat2> sink) => new(Nodes.Add(new BranchNode(sink.Nodes)), Materialize);

    /// <summary>Closes the graph; keeps this source's materialised value.</summary>
    /// <typeparam name="TMat2">The sink's materialised value.</typeparam>
    /// <param name="sink">The sink.</param>
    /// <returns>A graph that can be run.</returns>
    public RunnableGraph<TMat> To<TMat2>(Sink<TOut, TMat2> sink) => ToMaterialized(sink, Keep.Left);

    /// <summary>Closes the graph and combines the materialised values.</summary>
    /// <typeparam name="TMat2">The sink's materialised value.</typeparam>
    /// <typeparam name="TMat3">The combined value.</typeparam>
    /// <param name="sink">The sink.</param>
    /// <param name="combine">For example <see cref="Keep.Both"/>.</param>
    /// <returns>A graph that can be run.</returns>
    public RunnableGraph<TMat3> ToMaterialized<TMat2, TMat3>(Sink<TOut, TMat2> sink, Func<TMat, TMat2, TMat3> combine) =>
        new(new PipelineGraph(Nodes.AddRange(sink.Nodes), new PipelineSettings()), run => combine(Materialize(run), sink.Materialize(run)));
}

/// <summary>Sources.</summary>
public static class Source
{
    /// <summary>Lines of text from a connector.</summary>
    /// <param name="open">Makes the source for one run.</param>
    /// <param name="description">Format and options that give the rows their meaning; part of the plan hash. Default: <c>lines</c>.</param>
    /// <returns>The source.</returns>
    public static Source<RawLines, NotUsed> FromLines(Func<IEventSource> open, string description = "lines") =>
        new([new SourceNode(description, open, LineSchema.Instance)], _ => default);

    /// <summary>Rows from a connector that fills columns by itself.</summary>
    /// <param name="open">Makes the source for one run.</param>
    /// <param name="schema">The columns that it fills.</param>
    /// <param name="reader">Takes these columns as the fields of a data map.</param>
    /// <param name="description">Options that give the rows their meaning; part of the plan hash. Default: <c>columns</c>.</param>
    /// <returns>The source.</returns>
    public static Source<RawRows, NotUsed> FromColumns(Func<IEventSource> open, RowSchema schema, ParseOperator reader, string description = "columns") =>
        new([new SourceNode(description, open, schema), reader], _ => default);
}
