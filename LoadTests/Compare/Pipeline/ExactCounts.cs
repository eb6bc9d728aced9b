using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>Bounded counts before noise, by window and page, to hold programs to the same job. Events are made up, so
/// nobody's secret is in them.</summary>
internal sealed class ExactCounts
{
    private readonly Dictionary<(long StartMs, string Page), long> _counts = [];

    /// <summary>The sum of all counts.</summary>
    public long Total => _counts.Values.Sum();

    /// <summary>Adds a window of the engine.</summary>
    /// <param name="aggregate">The window.</param>
    public void Add(WindowAggregate aggregate)
    {
        for (var group = 0; group < aggregate.Count; group++)
        {
            Add(aggregate.Window.StartMs, aggregate.KeyText(group)[0], aggregate.Rows[group]);
        }
    }

    /// <summary>Adds a count.</summary>
    /// <param name="startMs">The window's start, milliseconds since the Unix epoch.</param>
    /// <param name="page">The page.</param>
    /// <param name="count">The count.</param>
    public void Add(long startMs, string page, long count)
    {
        if (count != 0)
        {
            _counts[(startMs, page)] = _counts.GetValueOrDefault((startMs, page)) + count;
        }
    }

    /// <summary>Whether the other has the same counts, each of them.</summary>
    /// <param name="other">The other.</param>
    /// <returns>True when no count differs.</returns>
    public bool SameAs(ExactCounts other) =>
        _counts.Count == other._counts.Count && _counts.All(pair => other._counts.GetValueOrDefault(pair.Key) == pair.Value);
}
