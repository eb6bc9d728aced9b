using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary>Keeps the bounded, un-noised numbers behind the demo's own releases. Made-up data only.</summary>
internal sealed class BoundedTruth : IBoundedTruthTap
{
    private readonly Dictionary<ReleaseId, Dictionary<string, long>> _releases = [];

    /// <summary>The releases that fired.</summary>
    public IReadOnlyCollection<ReleaseId> Releases => _releases.Keys;

    /// <inheritdoc />
    public void OnRelease(ReleaseId id, QueryPlan query, WindowAggregate aggregate)
    {
        var values = query.Aggregate == AggregateKind.Count ? aggregate.Rows : aggregate.Subjects;
        var groups = new Dictionary<string, long>();
        for (var group = 0; group < aggregate.Count; group++)
        {
            groups[Join(aggregate.KeyText(group))] = values[group];
        }

        _releases[id] = groups;
    }

    /// <summary>The bounded value of a group; 0 for one without rows.</summary>
    /// <param name="id">The release.</param>
    /// <param name="key">The group's key.</param>
    public long ValueOf(ReleaseId id, IReadOnlyList<string> key) => _releases[id].GetValueOrDefault(Join(key));

    private static string Join(IEnumerable<string> key) => string.Join('\u001f', key);
}
