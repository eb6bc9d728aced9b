using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Planning.Diff;

/// <summary>What becomes of a query, or a composition group, when one plan takes the place of another.</summary>
public enum PlanChange
{
    /// <summary>It means the same: its releases stay in force.</summary>
    Kept,

    /// <summary>It was not there.</summary>
    New,

    /// <summary>It is there no more; its releases stay as they are.</summary>
    Ended,

    /// <summary>Its name stands for other numbers. Such a plan is refused: readers of the releases could not tell.</summary>
    Changed,
}

/// <summary>One query in both plans.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Change">What becomes of it.</param>
/// <param name="Before">Its hash in the plan before; null when it is new.</param>
/// <param name="After">Its hash in the plan after; null when it has ended.</param>
/// <param name="KeepsState">Whether its open windows go on with their state when a running pipeline takes up the plan.</param>
public sealed record QueryChange(string Name, PlanChange Change, string? Before, string? After, bool KeepsState);

/// <summary>One composition group in both plans.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Change">Kept, new or ended.</param>
/// <param name="Before">The most that a period is charged for it before; null when it is new.</param>
/// <param name="After">The most that a period is charged for it after; null when it has ended.</param>
public sealed record GroupChange(string Name, PlanChange Change, PrivacyCost? Before, PrivacyCost? After);

/// <summary>Compares two plans: which queries keep their releases and state, what is charged, and what forbids the change.</summary>
public sealed record PlanDiff
{
    /// <summary>The queries of both plans: in order of the plan before, then new ones.</summary>
    public required IReadOnlyList<QueryChange> Queries { get; init; }

    /// <summary>The composition groups of both plans, in the same order.</summary>
    public required IReadOnlyList<GroupChange> Groups { get; init; }

    /// <summary>Why a running pipeline must not take up the plan; empty when it may.</summary>
    public required IReadOnlyList<string> Conflicts { get; init; }

    /// <summary>Whether nothing changes that gives numbers their meaning.</summary>
    public required bool IsSame { get; init; }

    /// <summary>Compares two plans.</summary>
    /// <param name="before">The plan in force.</param>
    /// <param name="after">The plan that is to take its place.</param>
    /// <returns>The difference.</returns>
    public static PlanDiff Of(PipelinePlan before, PipelinePlan after)
    {
        var queries = CompareQueries(before, after);
        return new PlanDiff
        {
            Queries = queries,
            Groups = CompareGroups(before, after),
            Conflicts = [.. Names(before, after), .. Account(before.Account, after.Account), .. queries.SelectMany(Conflict)],
            IsSame = before.Hash == after.Hash && before.Settings.Name == after.Settings.Name && before.Account == after.Account,
        };
    }

    /// <summary>The branch of a plan that holds the same state as one of another: the same bounded contributions with the same
    /// columns, behind the same stages.</summary>
    /// <param name="plan">The plan to look in.</param>
    /// <param name="branch">The branch of the other plan.</param>
    /// <returns>The branch's place, or -1.</returns>
    internal static int SameState(PipelinePlan plan, BranchPlan branch) => plan.Branches.ToList().FindIndex(other =>
        other.Bounded.Group == branch.Bounded.Group
        && other.Bounded.MaxGroups == branch.Bounded.MaxGroups
        && other.Bounded.Derived.SequenceEqual(branch.Bounded.Derived)
        && other.Bounded.Sums.SequenceEqual(branch.Bounded.Sums)
        && other.Rows.Select(row => row.Plan.Description).SequenceEqual(branch.Rows.Select(row => row.Plan.Description)));

    private static List<QueryChange> CompareQueries(PipelinePlan before, PipelinePlan after)
    {
        var (old, @new) = (All(before), All(after));
        var changes = new List<QueryChange>();
        foreach (var (name, (branch, query)) in old)
        {
            changes.Add(!@new.TryGetValue(name, out var other)
                ? new QueryChange(name, PlanChange.Ended, query.Hash, null, false)
                : new QueryChange(
                    name, other.Query.Hash == query.Hash ? PlanChange.Kept : PlanChange.Changed, query.Hash, other.Query.Hash,
                    other.Query.Hash == query.Hash && SameState(after, branch) >= 0));
        }

        changes.AddRange(@new.Where(pair => !old.ContainsKey(pair.Key)).Select(pair => new QueryChange(pair.Key, PlanChange.New, null, pair.Value.Query.Hash, false)));
        return changes;
    }

    private static List<GroupChange> CompareGroups(PipelinePlan before, PipelinePlan after)
    {
        var (old, @new) = (PeriodCosts(before), PeriodCosts(after));
        return
        [
            .. old.Select(pair => @new.TryGetValue(pair.Key, out var other)
                ? new GroupChange(pair.Key, PlanChange.Kept, pair.Value, other)
                : new GroupChange(pair.Key, PlanChange.Ended, pair.Value, null)),
            .. @new.Where(pair => !old.ContainsKey(pair.Key)).Select(pair => new GroupChange(pair.Key, PlanChange.New, null, pair.Value)),
        ];
    }

    // Branches that were written apart may still be one group: the same bounds, keys and window.
    private static Dictionary<string, PrivacyCost> PeriodCosts(PipelinePlan plan) => plan.Branches
        .SelectMany(branch => branch.Groups)
        .GroupBy(group => group.Name)
        .ToDictionary(group => group.Key, group => group.Select(part => part.PeriodCost).Aggregate((sum, cost) => sum + cost));

    private static Dictionary<string, (BranchPlan Branch, PlannedQuery Query)> All(PipelinePlan plan) =>
        plan.Branches.SelectMany(branch => branch.Queries, (branch, query) => (branch, query)).ToDictionary(pair => pair.query.Query.Name);

    private static IEnumerable<string> Names(PipelinePlan before, PipelinePlan after)
    {
        if (before.Settings.Name != after.Settings.Name)
        {
            yield return $"the pipeline's name would change from '{before.Settings.Name}' to '{after.Settings.Name}': it is another pipeline, with releases of its own";
        }
    }

    private static IEnumerable<string> Account(AccountPolicy before, AccountPolicy after)
    {
        if (before.Account != after.Account)
        {
            yield return $"the account would change from '{before.Account}' to '{after.Account}': every window would be released and charged again there";
        }
        else if (before != after)
        {
            yield return $"the policy of account '{before.Account}' would change: an account keeps its budget, measure and period; grant more, or take another account for another pipeline";
        }
    }

    private static IEnumerable<string> Conflict(QueryChange change)
    {
        if (change.Change == PlanChange.Changed)
        {
            yield return $"query '{change.Name}' would mean other numbers under the same name (plan hash {change.Before} becomes {change.After}): windows that were released could not be told from those to come. Give it a new name, such as '{change.Name}-2'";
        }
    }
}
