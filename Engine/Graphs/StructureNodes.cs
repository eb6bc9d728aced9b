using System.Collections.Immutable;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>Where rows come from.</summary>
/// <param name="description">Format and options that give the rows their meaning, for the plan hash; not the path.</param>
/// <param name="open">Makes the source for one run.</param>
/// <param name="schema">The columns that it fills.</param>
public sealed class SourceNode(string description, Func<IEventSource> open, RowSchema schema) : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "source";

    /// <summary>Format and options, for the plan hash.</summary>
    public string Description { get; } = description;

    /// <summary>Makes the source for one run.</summary>
    public Func<IEventSource> Open { get; } = open;

    /// <summary>The columns that it fills.</summary>
    public RowSchema Schema { get; } = schema;

    /// <summary>Whether rows wait in the input although the rest could take them. Planning then refuses arrival stamps of the moment of
    /// reading. Not part of the plan hash. Default: false.</summary>
    public bool IsThrottled { get; init; }
}

/// <summary>A parser: a row operator that knows the data map it parses for. Its plan reports the mistakes of
/// <see cref="DataMap.Validate()"/> beside its own.</summary>
public abstract class ParseOperator : RowOperator
{
    /// <summary>The data map.</summary>
    public abstract DataMap Map { get; }
}

/// <summary>Applies the treatments of the data map; behind it no column holds an identifier in the clear.</summary>
public sealed class TreatmentNode : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "tokenize";
}

/// <summary>Sends a copy of the stream into a branch; nothing is copied but references.</summary>
/// <param name="nodes">The branch, closed by a sink.</param>
public sealed class BranchNode(ImmutableArray<GraphNode> nodes) : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "branch";

    /// <summary>The branch, closed by a sink.</summary>
    public ImmutableArray<GraphNode> Nodes { get; } = nodes;
}

/// <summary>Lets the graph be stopped from outside.</summary>
public sealed class KillSwitchNode : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "kill-switch";
}

/// <summary>Ends a branch. Releases go to the sink by way of the outbox.</summary>
/// <param name="sink">The sink; null keeps releases in the store only.</param>
public sealed class SinkNode(IReleaseSink? sink) : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "sink";

    /// <summary>The sink, or null.</summary>
    public IReleaseSink? Sink { get; } = sink;
}

/// <summary>Ends a stream of rows without publishing anything.</summary>
public sealed class IgnoreNode : GraphNode
{
    /// <inheritdoc />
    public override string Kind => "ignore";
}
