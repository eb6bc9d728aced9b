using System.Collections.Immutable;
using Akka.Streams.Dsl;
using GraphNode = AkkaPrivacy.Engine.Graphs.GraphNode;
using IStreamState = AkkaPrivacy.Engine.Graphs.IStreamState;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>A step for each node of a flow. Only their ends are seen, so only these have their states.</summary>
internal static class DirectSteps
{
    public static Flow<Batch<TFrom>, Batch<TTo>, Akka.NotUsed> Of<TFrom, TTo>(ImmutableArray<GraphNode> nodes)
        where TFrom : IStreamState
        where TTo : IStreamState
    {
        var flow = Flow.Create<Batch<TFrom>>();
        if (nodes.IsEmpty)
        {
            // A flow without nodes changes no state.
            return (Flow<Batch<TFrom>, Batch<TTo>, Akka.NotUsed>)(object)flow;
        }

        foreach (var node in nodes[..^1])
        {
            flow = flow.Via(new DirectStep<TFrom, TFrom>(node));
        }

        return flow.Via(new DirectStep<TFrom, TTo>(nodes[^1]));
    }
}
