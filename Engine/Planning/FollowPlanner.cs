using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Finds the query of each stage that goes by releases.</summary>
internal static class FollowPlanner
{
    public static IReadOnlyList<PlannedFollower> Plan(
        PipelineSettings settings, ArrivalMode arrival, IReadOnlyList<RowStagePlan> shared, IReadOnlyList<UnhashedBranch> branches, List<QueryPath> paths, PlanErrors errors)
    {
        var followers = new List<PlannedFollower>();
        foreach (var stage in shared.Concat(branches.SelectMany(branch => branch.Rows)).Where(stage => stage.Plan.Follows is not null))
        {
            var follow = stage.Plan.Follows!;
            var behind = shared.Contains(stage) ? branches : [.. branches.Where(branch => branch.Rows.Contains(stage))];
            if (Find(behind, follow.Query) is { } query)
            {
                var skew = arrival == ArrivalMode.EventTime ? TimeSpan.Zero : settings.AllowedSkew;
                var followed = new FollowedQuery(query, (long)settings.AllowedLateness.TotalMilliseconds, (long)skew.TotalMilliseconds, behind.Max(branch => branch.Bounded.WindowMs));
                if (query.TopKeys is not null)
                {
                    errors.Add(follow.Node, $"query '{follow.Query}' cannot be followed: it publishes keys, not the values of all");
                }
                else if (query.Bounded.Grid.IsSliding || query.Bounded.HoldMs > 1)
                {
                    errors.Add(follow.Node, $"query '{follow.Query}' cannot be followed: its windows must tumble, and no stage before them hold rows back");
                }
                else if (follow.Bind(followed, errors) is { } follower)
                {
                    var branch = branches.ToList().FindIndex(other => other.Queries.Any(pair => ReferenceEquals(pair.Query, query)));
                    followers.Add(new PlannedFollower(stage.Name, follow.Query, branch, query.Bounded.WindowMs, follower));
                }
            }
            else if (Find(branches, follow.Query) is not null)
            {
                errors.Add(follow.Node, $"query '{follow.Query}' does not stand behind stage '{stage.Name}', which follows it");
            }
            else if (paths.All(path => path.Aggregate!.Name != follow.Query))
            {
                errors.Add(follow.Node, $"there is no query '{follow.Query}' to follow; there are {string.Join(", ", paths.Select(path => $"'{path.Aggregate!.Name}'"))}");
            }
        }

        return followers;
    }

    private static QueryPlan? Find(IEnumerable<UnhashedBranch> branches, string name) =>
        branches.SelectMany(branch => branch.Queries).Select(pair => pair.Query).FirstOrDefault(query => query.Name == name);
}
