using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>Shows the demo, on made-up data, what stands behind its own releases. Internal: no user of the product can
/// put one in.</summary>
internal interface IBoundedTruthTap
{
    /// <summary>Called before noise is drawn, for each window and query that fires, replayed ones included.</summary>
    void OnRelease(ReleaseId id, QueryPlan query, WindowAggregate aggregate);
}
