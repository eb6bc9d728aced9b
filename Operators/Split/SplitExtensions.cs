using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Operators.MapRows;

namespace AkkaPrivacy.Operators.Split;

/// <summary>Splitting rows between branches as a part of a graph.</summary>
public static class SplitExtensions
{
    /// <summary>Sends each row to the first branch whose condition holds, or to none. The rows go on behind it unchanged.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The rows.</param>
    /// <param name="branches">Names the branches, in order: <c>split => split.When(...).Otherwise(...)</c>.</param>
    /// <returns>The same rows; close them with <see cref="Sink.Ignore"/> when every query hangs on a branch.</returns>
    /// <exception cref="ArgumentException">Two branches have one name, or one follows <see cref="RowSplit.Otherwise{TMat}"/>.</exception>
    public static Source<TokenizedRows, TMat> Split<TMat>(this Source<TokenizedRows, TMat> source, Func<RowSplit, RowSplit> branches) =>
        branches(new RowSplit()).Branches.Aggregate(source, (rows, branch) => rows.AlsoTo(branch));
}

/// <summary>The branches of a split, in order.</summary>
public sealed class RowSplit
{
    private readonly HashSet<string> _names = [];
    private readonly List<RowPredicate> _earlier = [];
    private bool _closed;

    internal RowSplit()
    {
    }

    internal List<Sink<TokenizedRows, NotUsed>> Branches { get; } = [];

    /// <summary>A branch for the rows for which a condition holds and no earlier one does.</summary>
    /// <typeparam name="TMat">The branch's materialised value; not kept.</typeparam>
    /// <param name="name">Its name in plans and topology, unique in the split: 1 to 64 characters of <c>a-z A-Z 0-9 _ -</c>.</param>
    /// <param name="condition">The condition, under the promises of <see cref="Map"/>.</param>
    /// <param name="branch">A flow that ends in a sink.</param>
    /// <param name="version">Part of the plan hash of this branch and of later ones; raise it when the condition changes.</param>
    /// <returns>The split.</returns>
    public RowSplit When<TMat>(string name, RowPredicate condition, Sink<TokenizedRows, TMat> branch, int version = 1)
    {
        RowPredicate[] earlier = [.. _earlier];
        Add(name, row => !Any(earlier, row) && condition(row), branch, version);
        _earlier.Add(condition);
        return this;
    }

    /// <summary>The branch for all other rows; the last one.</summary>
    /// <typeparam name="TMat">The branch's materialised value; not kept.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="branch">A flow that ends in a sink.</param>
    /// <param name="version">Part of the plan hash; raise it when an earlier condition changes.</param>
    /// <returns>The split.</returns>
    public RowSplit Otherwise<TMat>(string name, Sink<TokenizedRows, TMat> branch, int version = 1)
    {
        RowPredicate[] earlier = [.. _earlier];
        Add(name, row => !Any(earlier, row), branch, version);
        _closed = true;
        return this;
    }

    private static bool Any(RowPredicate[] conditions, RowView row)
    {
        foreach (var condition in conditions)
        {
            if (condition(row))
            {
                return true;
            }
        }

        return false;
    }

    private void Add<TMat>(string name, RowPredicate condition, Sink<TokenizedRows, TMat> branch, int version)
    {
        if (_closed || !_names.Add(name))
        {
            throw new ArgumentException(_closed ? "No branch follows Otherwise." : $"Two branches of a split are named '{name}'.", nameof(name));
        }

        // The conditions before it decide too, so their number is part of the name that stands in the plan hash.
        var filter = Map.Filter(_earlier.Count == 0 ? name : $"{name}-{_earlier.Count + 1}", condition, version);
        var flow = Flow.FromOperator(filter).To(branch);
        Branches.Add(new Sink<TokenizedRows, NotUsed>(flow.Nodes, _ => default));
    }
}
