using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>That a stage goes by what a query of the same pipeline has released. Released values are noised already, so whatever is
/// made of them costs nothing more.</summary>
/// <param name="Node">The stage's node, for mistakes.</param>
/// <param name="Query">The query's name.</param>
/// <param name="Bind">Checks the query and gives what follows it; null when there was a mistake, which it reports.</param>
internal sealed record FollowPlan(GraphNode Node, string Query, Func<FollowedQuery, PlanErrors, IReleaseFollower?> Bind);

/// <summary>A query that a stage follows.</summary>
/// <param name="Plan">The query.</param>
/// <param name="LatenessMs">How long after its end a window fires.</param>
/// <param name="SkewMs">By how much the event time of a row may be later than its arrival; 0 where both are the same.</param>
/// <param name="LongestMs">The longest window behind the stage.</param>
internal sealed record FollowedQuery(QueryPlan Plan, long LatenessMs, long SkewMs, long LongestMs);

/// <summary>Makes what a stage keeps of the releases that it follows. Free of state.</summary>
internal interface IReleaseFollower
{
    /// <summary>What it keeps before the first release.</summary>
    IFollowed Begin();

    /// <summary>The event time from which the release of a window decides: a function of the window alone. Rows from then on wait until it is
    /// known what was released.</summary>
    /// <param name="endMs">The window's end; the time is no earlier.</param>
    long ValidFrom(long endMs);

    /// <summary>Reads what <see cref="IFollowed.Write"/> wrote.</summary>
    /// <param name="reader">The state.</param>
    /// <exception cref="SnapshotException">The state is of another version or damaged.</exception>
    IFollowed Restore(SnapshotReader reader);
}

/// <summary>What a stage keeps of the releases that it follows. Immutable: lanes read it while the next one is made.</summary>
internal interface IFollowed
{
    /// <summary>What is kept after one more release. A function of its arguments and of what is kept; it may be called again for
    /// a transaction that did not commit.</summary>
    /// <param name="release">The release.</param>
    IFollowed Next(Release release);

    /// <summary>Writes it for the checkpoint of the same transaction.</summary>
    /// <param name="writer">Where to write.</param>
    void Write(SnapshotWriter writer);
}

/// <summary>A stage that follows a query, resolved.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Query">The query's name.</param>
/// <param name="Branch">The query's branch.</param>
/// <param name="WindowMs">Size of the query's windows, which tumble.</param>
/// <param name="Follower">What follows it.</param>
internal sealed record PlannedFollower(string Stage, string Query, int Branch, long WindowMs, IReleaseFollower Follower);
