using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Hosting.Configuration;

namespace AkkaPrivacy.Hosting.Check;

/// <summary>What a careful reader of a privacy plan would object to.</summary>
internal static class PrivacyWarnings
{
    private const double WeakEpsilon = 10;

    public static IReadOnlyList<string> Of(PipelinePlan plan, BudgetForecast forecast)
    {
        var budget = CostReport.Of(plan.Account.BudgetPerPeriod);
        var warnings = new List<string>();
        if (budget.Epsilon > WeakEpsilon)
        {
            warnings.Add(FormattableString.Invariant($"the budget's epsilon of {budget.Epsilon:0.#########} is above {WeakEpsilon}: a factor of e^{budget.Epsilon:0.##} hides next to nothing"));
        }

        foreach (var query in plan.Branches.SelectMany(branch => branch.Queries))
        {
            var epsilon = CostReport.Of(query.Query.Cost).Epsilon;
            if (epsilon > WeakEpsilon)
            {
                warnings.Add(FormattableString.Invariant($"query '{query.Query.Name}' spends epsilon {epsilon:0.#########} on one window, above {WeakEpsilon}: its numbers are as good as exact"));
            }
        }

        foreach (var withheld in forecast.WithheldFrom)
        {
            warnings.Add($"the budget is smaller than a period's cost: query '{withheld.Query}' is withheld from window {withheld.Window} of a period on, which ends {Durations.Text(withheld.WindowEndSeconds)} into it");
        }

        foreach (var branch in plan.Branches.Where(branch => branch.Bounded.Bounds.Windows < branch.Bounded.WindowsPerPeriod))
        {
            AddBias(warnings, branch.Bounded, [.. branch.Queries.Select(query => query.Query.Name)]);
        }

        return warnings;
    }

    private static void AddBias(List<string> warnings, BoundedWindowPlan bounded, IReadOnlyList<string> queries)
    {
        if (bounded.Bounds.Windows < bounded.WindowsPerRow)
        {
            warnings.Add($"{string.Join(", ", queries)}: each row lies in {bounded.WindowsPerRow} overlapping windows, but a subject counts in {bounded.Bounds.Windows} of a period: with bounds.windows below {bounded.WindowsPerRow} a single visit leaves the later ones of its own windows");
        }

        warnings.Add($"{string.Join(", ", queries)}: a subject counts in {bounded.Bounds.Windows} of {bounded.WindowsPerPeriod} windows of a period, the first ones; later windows miss subjects that were there before (a bias that no interval shows)");
    }
}
