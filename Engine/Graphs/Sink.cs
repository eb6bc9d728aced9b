using System.Collections.Immutable;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>The end of a graph. Immutable.</summary>
/// <typeparam name="TIn">What flows in.</typeparam>
/// <typeparam name="TMat">The materialised value.</typeparam>
public sealed class Sink<TIn, TMat>
    where TIn : IStreamState
{
    internal Sink(ImmutableArray<GraphNode> nodes, Func<IPipelineRun, TMat> materialize)
    {
        Nodes = nodes;
        Materialize = materialize;
    }

    internal ImmutableArray<GraphNode> Nodes { get; }

    internal Func<IPipelineRun, TMat> Materialize { get; }
}

/// <summary>Sinks. All that publish take <see cref="ReleasedValues"/>, and all of them read the outbox.</summary>
public static class Sink
{
    /// <summary>Keeps releases in the store only. Materialises the pipeline's completion.</summary>
    /// <returns>The sink.</returns>
    public static Sink<ReleasedValues, Task<RunSummary>> Store() => new([new SinkNode(null)], run => run.Completion);

    /// <summary>Publishes through a connector. Materialises the pipeline's completion.</summary>
    /// <param name="sink">The connector.</param>
    /// <returns>The sink.</returns>
    public static Sink<ReleasedValues, Task<RunSummary>> To(IReleaseSink sink) => new([new SinkNode(sink)], run => run.Completion);

    /// <summary>Drops rows; for graphs whose queries all hang on branches. Materialises the pipeline's completion.</summary>
    /// <returns>The sink.</returns>
    public static Sink<TokenizedRows, Task<RunSummary>> Ignore() => new([new IgnoreNode()], run => run.Completion);
}
