using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Planning.Diff;
using AkkaPrivacy.Hosting.Check;

namespace AkkaPrivacy.Hosting.Diff;

/// <summary>The difference of two plans as it is shown. Its JSON has the same names in snake_case.</summary>
internal sealed record DiffReport
{
    public required string Pipeline { get; init; }

    public required bool Allowed { get; init; }

    public required bool Same { get; init; }

    public required IReadOnlyList<DiffQuery> Queries { get; init; }

    public required IReadOnlyList<DiffGroup> CompositionGroups { get; init; }

    public required DiffPeriod Period { get; init; }

    public required IReadOnlyList<string> Conflicts { get; init; }

    public static DiffReport Of(PipelinePlan before, PipelinePlan after)
    {
        var diff = PlanDiff.Of(before, after);
        return new DiffReport
        {
            Pipeline = after.Settings.Name,
            Allowed = diff.Conflicts.Count == 0,
            Same = diff.IsSame,
            Queries = [.. diff.Queries.Select(query => new DiffQuery(query.Name, Word(query.Change), query.Before, query.After, query.KeepsState))],
            CompositionGroups = [.. diff.Groups.Select(group => new DiffGroup(
                group.Name, Word(group.Change), group.Before is { } old ? CostReport.Of(old) : null, group.After is { } @new ? CostReport.Of(@new) : null))],
            Period = new DiffPeriod(
                CostReport.Of(PrivacyPlanBuilder.PeriodCost(before)),
                CostReport.Of(PrivacyPlanBuilder.PeriodCost(after)),
                CostReport.Of(after.Account.BudgetPerPeriod),
                before.Account.Measure != after.Account.Measure || PrivacyPlanBuilder.PeriodCost(after).FitsIn(after.Account.BudgetPerPeriod)),
            Conflicts = diff.Conflicts,
        };
    }

    private static string Word(PlanChange change) => change.ToString().ToLowerInvariant();
}

internal sealed record DiffQuery(string Name, string Change, string? HashBefore, string? HashAfter, bool KeepsState);

internal sealed record DiffGroup(string Name, string Change, CostReport? PeriodCostBefore, CostReport? PeriodCostAfter);

internal sealed record DiffPeriod(CostReport CostBefore, CostReport CostAfter, CostReport Budget, bool Fits);
