using System.Globalization;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Planning.Diff;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>What two plans alone say about a reload: everything before the queries stays as it is.</summary>
internal static class ReloadRules
{
    /// <summary>Why no running pipeline may change from one plan to the other; empty when it may.</summary>
    public static IReadOnlyList<string> Conflicts(PipelinePlan before, PipelinePlan after, PlanDiff diff) =>
    [
        .. diff.Conflicts,
        .. Upstream(before, after),
        .. after.Settings.Lanes == before.Settings.Lanes
            ? Array.Empty<string>()
            : [$"lanes would change from {before.Settings.Lanes} to {after.Settings.Lanes}: state is stored by lane"],
        .. Budget(before, after, diff),
    ];

    private static IEnumerable<string> Upstream(PipelinePlan before, PipelinePlan after)
    {
        foreach (var (what, old, @new) in Parts(before, after))
        {
            if (old != @new)
            {
                yield return $"{what} would change from {old} to {@new}: it holds for rows that were read already. End the run, and start it with the new plan";
            }
        }

        if (!Fields(before).SequenceEqual(Fields(after)) || !Stages(before).SequenceEqual(Stages(after)))
        {
            yield return "the data map or the stages before the queries would change: rows that were read already were parsed by the former ones. End the run, and start it with the new plan";
        }
    }

    private static IEnumerable<(string What, string Old, string New)> Parts(PipelinePlan before, PipelinePlan after) =>
    [
        ("the subject", $"'{before.Subject}'", $"'{after.Subject}'"),
        ("the source", before.Source.Description, after.Source.Description),
        ("the arrival", $"{before.Arrival}", $"{after.Arrival}"),
        ("allowed-lateness", $"{before.Settings.AllowedLateness}", $"{after.Settings.AllowedLateness}"),
        ("allowed-skew", $"{before.Settings.AllowedSkew}", $"{after.Settings.AllowedSkew}"),
        ("the time range", $"{before.Settings.TimeRange}", $"{after.Settings.TimeRange}"),
    ];

    private static IEnumerable<string> Fields(PipelinePlan plan) => plan.Map.Fields.Select(Field);

    private static string Field(FieldDefinition field) => string.Create(
        CultureInfo.InvariantCulture, $"{field.Name} {field.SourceName} {field.Type} {field.Class} {field.Role} {field.Required} {field.Resolution} {field.Treatment?.Description}");

    private static IEnumerable<(string Name, string Description, bool BySubject)> Stages(PipelinePlan plan) =>
        plan.Shared.Select(stage => (stage.Name, stage.Plan.Description, false)).Concat(plan.BySubject.Select(stage => (stage.Name, stage.Plan.Description, true)));

    // A plan that was dear already may still lose a query.
    private static IEnumerable<string> Budget(PipelinePlan before, PipelinePlan after, PlanDiff diff)
    {
        var (old, cost, budget) = (PlanCosts.OfPeriod(before), PlanCosts.OfPeriod(after), after.Account.BudgetPerPeriod);
        if (before.Account.Measure == after.Account.Measure && diff.Queries.Any(query => query.Change == PlanChange.New) && !cost.FitsIn(budget) && !cost.FitsIn(old))
        {
            yield return $"a period would cost {cost} of a budget of {budget}: windows would be withheld";
        }
    }
}
