using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>One way through a graph from its source to a sink, before its fields are resolved.</summary>
internal sealed record QueryPath
{
    public IReadOnlyList<GraphNode> Rows { get; init; } = [];

    public BoundNode? Bound { get; init; }

    public WindowNode? Window { get; init; }

    public AggregateNode? Aggregate { get; init; }

    public KeySelectionNode? Selection { get; init; }

    public NoiseNode? Noise { get; init; }

    public IReadOnlyList<IReleaseSink> Sinks { get; init; } = [];
}
