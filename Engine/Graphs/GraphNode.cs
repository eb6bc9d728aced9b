using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Engine.Graphs;

/// <summary>A node of a graph: options only, no state. Nodes are written in C# or read from HOCON, checked and planned
/// together, then run by a runtime.</summary>
public abstract class GraphNode
{
    /// <summary>The stage's kind, as in HOCON and in the topology: <c>tokenize</c>, <c>sample</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Where the node was written (file, line, key), for errors. Default: none.</summary>
    public string? Origin { get; init; }
}

/// <summary>A node from rows to rows.</summary>
public abstract class RowOperator : GraphNode
{
    /// <summary>Whether its stage lets go of rows as windows fire. It then runs in each branch by itself, where it is told
    /// what that branch's windows have reached, and so behind the exchange by subject. Default: false.</summary>
    public virtual bool FollowsWindows => false;

    /// <summary>Resolves the node's fields against the rows it will see and makes its stages.</summary>
    /// <param name="input">The columns that arrive.</param>
    /// <param name="errors">Where mistakes go; all of them, not only the first.</param>
    /// <returns>The plan; null when there were mistakes.</returns>
    public abstract RowPlan? Plan(RowSchema input, PlanErrors errors);
}
