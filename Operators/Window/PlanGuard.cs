using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Operators.Window;

/// <summary>Refuses plans under which bounds would not hold. The planner reports such mistakes earlier and better; this
/// is the last line.</summary>
internal static class PlanGuard
{
    /// <summary>Checks a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <exception cref="ArgumentException">A bound, the window or a sum's range is out of range.</exception>
    public static void Check(BoundedWindowPlan plan)
    {
        Require(plan.WindowMs >= 1 && plan.SlideMs >= 1 && plan.PeriodMs >= plan.WindowMs, "the window's size must be at most the accounting period");
        Require(plan.WindowMs % plan.SlideMs == 0 && plan.PeriodMs % plan.SlideMs == 0, "the slide must divide the window's size and the accounting period");
        RequireBound(plan.Bounds.Groups, nameof(ContributionBounds.Groups));
        RequireBound(plan.Bounds.RowsPerGroup, nameof(ContributionBounds.RowsPerGroup));
        Require(plan.Bounds.Windows >= 1 && plan.Bounds.Windows <= plan.WindowsPerPeriod, $"the bound on windows must be 1 to {plan.WindowsPerPeriod}");
        Require(plan.MaxGroups is null or >= 1, "the limit of groups must be 1 or more");
        foreach (var column in plan.Derived)
        {
            RequireDerived(column, plan.Sums.Count);
        }

        foreach (var sum in plan.Sums)
        {
            Require(
                sum.Lower <= 0 && sum.Upper >= 0 && sum.Lower < sum.Upper && sum.Lower >= -SumField.Largest && sum.Upper <= SumField.Largest,
                $"the range of the sum of '{sum.Field}' must hold 0 and lie within plus or minus {SumField.Largest}");
        }
    }

    private static void RequireDerived(DerivedColumn column, int sums) => Require(
        column.Sum >= 0 && column.Sum < sums && column.Unit >= 1 && column.Lower < column.Upper
            && (column.Kind == DerivedKind.Bin
                || (column.Lower >= -SumField.Largest && column.Upper <= SumField.Largest && column.Centre >= column.Lower && column.Centre <= column.Upper)),
        "a derived column is out of range");

    private static void RequireBound(int bound, string name) =>
        Require(bound is >= 1 and <= ContributionBounds.Largest, $"the bound {name} must be 1 to {ContributionBounds.Largest}");

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new ArgumentException($"The bounded window cannot be made: {message}.", "plan");
        }
    }
}
