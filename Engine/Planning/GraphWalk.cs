using System.Collections.Immutable;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Unfolds a graph into its paths and refuses what is out of order. The C# types keep order already; graphs
/// from HOCON and from other runtimes come here unchecked.</summary>
internal static class GraphWalk
{
    public static List<QueryPath> Paths(ImmutableArray<GraphNode> nodes, PlanErrors errors)
    {
        var paths = new List<QueryPath>();
        Walk(nodes.AsSpan(), new QueryPath(), paths, errors);
        return paths;
    }

    private static void Walk(ReadOnlySpan<GraphNode> nodes, QueryPath path, List<QueryPath> paths, PlanErrors errors)
    {
        var closed = false;
        SinkNode? last = null;
        var sinks = new List<IReleaseSink>();
        foreach (var node in nodes)
        {
            switch (node)
            {
                case not (SinkNode or KillSwitchNode) when closed:
                    errors.Add(node, $"stage '{node.Kind}' cannot stand behind a sink");
                    break;
                case BranchNode branch when path.Noise is not null && branch.Nodes is [SinkNode tee]:
                    Add(sinks, tee);
                    break;
                case BranchNode branch:
                    Walk(branch.Nodes.AsSpan(), path, paths, errors);
                    break;
                case SinkNode sink:
                    Add(sinks, sink);
                    last = sink;
                    closed = true;
                    break;
                case IgnoreNode:
                    closed = true;
                    break;
                case KillSwitchNode:
                    break;
                default:
                    path = Append(path, node, errors);
                    break;
            }
        }

        if (last is not null)
        {
            Close(path with { Sinks = sinks }, last, paths, errors);
        }

        if (!closed)
        {
            errors.Add(string.Empty, "the graph has no sink");
        }
    }

    private static void Add(List<IReleaseSink> sinks, SinkNode node)
    {
        if (node.Sink is { } sink)
        {
            sinks.Add(sink);
        }
    }

    private static QueryPath Append(QueryPath path, GraphNode node, PlanErrors errors)
    {
        switch (node)
        {
            case RowOperator or TreatmentNode when path.Bound is null:
                return path with { Rows = [.. path.Rows, node] };
            case BoundNode bound when path.Bound is null:
                return path with { Bound = bound };
            case WindowNode window when path is { Bound: not null, Window: null }:
                return path with { Window = window };
            case AggregateNode aggregate when path is { Window: not null, Aggregate: null }:
                return path with { Aggregate = aggregate };
            case KeySelectionNode selection when path is { Aggregate: not null, Selection: null, Noise: null }:
                return path with { Selection = selection };
            case NoiseNode noise when path is { Aggregate: not null, Noise: null }:
                return path with { Noise = noise };
            default:
                errors.Add(node, $"stage '{node.Kind}' cannot stand here; the order is rows, bound, window, aggregate, select-keys, noise, sink");
                return path;
        }
    }

    private static void Close(QueryPath path, GraphNode node, List<QueryPath> paths, PlanErrors errors)
    {
        if (path.Noise is null)
        {
            errors.Add(node, "nothing un-noised is published: a sink follows noise");
            return;
        }

        paths.Add(path);
    }
}
