using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>What plans can be charged.</summary>
internal static class PlanCosts
{
    /// <summary>The most that a whole period can be charged.</summary>
    public static PrivacyCost OfPeriod(PipelinePlan plan) =>
        plan.Branches.Aggregate(PrivacyCost.Zero(plan.Account.Measure), (sum, branch) => sum + branch.PeriodCost);

    /// <summary>The most that the rest of a period can be charged. A group is charged its W dearest windows, so what it was
    /// charged already counts against that.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="period">The period.</param>
    /// <param name="charged">What a group was charged in it.</param>
    /// <param name="begins">The first window of each branch; null for those that go on.</param>
    public static PrivacyCost OfRest(PipelinePlan plan, TimeWindow period, Func<string, PrivacyCost> charged, IReadOnlyList<long?> begins)
    {
        var cost = PrivacyCost.Zero(plan.Account.Measure);
        foreach (var group in plan.Branches.Select((branch, i) => (Branch: branch, Begin: begins[i])).GroupBy(pair => pair.Branch.Bounded.Group))
        {
            var whole = group.Select(pair => pair.Branch.PeriodCost).Aggregate((sum, one) => sum + one).Less(charged(group.Key));
            var ahead = group.Select(pair => pair.Branch.WindowCost * WindowsFrom(pair.Branch, pair.Begin, period)).Aggregate((sum, one) => sum + one);
            cost += ahead.FitsIn(whole) ? ahead : whole;
        }

        return cost;
    }

    private static int WindowsFrom(BranchPlan branch, long? begin, TimeWindow period)
    {
        var grid = branch.Bounded.Grid;
        var from = Math.Max(begin ?? long.MinValue, period.StartMs);
        var windows = from + grid.SizeMs > period.EndMs ? 0 : ((period.EndMs - grid.SizeMs - from) / grid.SlideMs) + 1;
        return (int)Math.Min(branch.Bounded.Bounds.Windows, windows);
    }
}
