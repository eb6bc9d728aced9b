using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Hosting.Check;

/// <summary>Walks through one accounting period as the ledger would: each window that fires asks for its queries, and a
/// group is charged its W largest windows.</summary>
internal sealed class BudgetForecast
{
    private readonly PrivacyCost _budget;
    private readonly Dictionary<string, WithheldReport> _withheld = [];
    private PrivacyCost _spent;

    private BudgetForecast(PrivacyCost budget)
    {
        _budget = budget;
        _spent = PrivacyCost.Zero(budget.Measure);
    }

    /// <summary>What the period is charged in the end.</summary>
    public PrivacyCost Spent => _spent;

    /// <summary>For each query that does not fit, the first window without a release.</summary>
    public IReadOnlyList<WithheldReport> WithheldFrom => [.. _withheld.Values];

    /// <summary>How many windows fired until the charge stopped growing.</summary>
    public int ChargedWindows { get; private set; }

    /// <summary>When in the period that was.</summary>
    public TimeSpan ChargedAfter { get; private set; }

    /// <summary>Walks through a period of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The forecast.</returns>
    public static BudgetForecast Of(PipelinePlan plan)
    {
        var forecast = new BudgetForecast(plan.Account.BudgetPerPeriod);

        // All windows of a group cost the same, so its charge stands after W of them: no later one changes it.
        var firings = plan.Branches.SelectMany((branch, order) => Enumerable.Range(1, branch.Bounded.WindowsPerPeriod)
            .Where(window => branch.Queries.Any(query => query.Query.IsCharged(window)))
            .Select(window => (branch, order, window)));
        foreach (var (branch, _, window) in firings.OrderBy(f => EndMs(f.branch, f.window)).ThenBy(f => f.order))
        {
            forecast.Fire(branch, window);
        }

        return forecast;
    }

    private static long EndMs(BranchPlan branch, int window) => branch.Bounded.WindowMs + ((window - 1) * branch.Bounded.SlideMs);

    private void Fire(BranchPlan branch, int window)
    {
        var end = TimeSpan.FromMilliseconds(EndMs(branch, window));
        foreach (var query in branch.Queries.Where(query => query.Query.IsCharged(window)))
        {
            var after = _spent + query.Query.Charge;
            if (after.FitsIn(_budget))
            {
                (_spent, ChargedAfter) = (after, end);
            }
            else
            {
                _withheld.TryAdd(query.Query.Name, new WithheldReport(query.Query.Name, window, end.TotalSeconds));
            }
        }

        ChargedWindows += ChargedAfter == end ? 1 : 0;
    }
}
