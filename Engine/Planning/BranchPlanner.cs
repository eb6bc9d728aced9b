using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>A branch before hashes are known.</summary>
internal sealed record UnhashedBranch(
    string Subject,
    IReadOnlyList<RowStagePlan> Rows,
    BoundedWindowPlan Bounded,
    Func<Stage<EventBatch, WindowAggregate>> Create,
    IReadOnlyList<(QueryPlan Query, IReadOnlyList<IReleaseSink> Sinks)> Queries);

/// <summary>Groups paths by their bounded window and resolves each group.</summary>
internal static class BranchPlanner
{
    public static IReadOnlyList<UnhashedBranch> Plan(
        PipelineSettings settings, RowSchema schema, int sharedRows, List<QueryPath> paths, PlanErrors errors)
    {
        CheckNames(paths, errors);
        var branches = new List<UnhashedBranch>();
        foreach (var group in paths.GroupBy(path => (path.Bound, path.Window)))
        {
            var queries = group.ToList();
            var rows = new RowPlanner(errors, $"{queries[0].Aggregate!.Name}/");
            if (rows.Plan(schema, queries[0].Rows.Skip(sharedRows)) is { } output)
            {
                AddIfSound(branches, new WindowPlanner(settings, output, queries, errors).Plan(rows.Stages));
            }
        }

        if (branches.Select(branch => branch.Subject).Distinct().Count() > 1)
        {
            errors.Add("bound", $"all queries of a pipeline have one privacy unit; these have several: {string.Join(", ", branches.Select(b => $"'{b.Subject}'").Distinct())}");
        }

        return branches;
    }

    private static void AddIfSound(List<UnhashedBranch> branches, UnhashedBranch? branch)
    {
        if (branch is not null)
        {
            branches.Add(branch);
        }
    }

    private static void CheckNames(List<QueryPath> paths, PlanErrors errors)
    {
        foreach (var path in paths)
        {
            var name = path.Aggregate!.Name;
            if (name.Length is < 1 or > 64 || name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"))
            {
                errors.Add(path.Aggregate, "a query name is 1 to 64 characters of a-z A-Z 0-9 . _ -");
            }
        }

        foreach (var twice in paths.GroupBy(path => path.Aggregate!.Name).Where(group => group.Count() > 1))
        {
            errors.Add(twice.Last().Aggregate!, $"query '{twice.Key}' is defined twice");
        }
    }
}
