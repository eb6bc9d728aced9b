using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;

namespace AkkaPrivacy.Hosting.Check;

/// <summary>What the releases of a period come to for a subject, more tightly than the account counts them.</summary>
internal static class PlannedLosses
{
    /// <summary>Composes a plan's period when nothing is withheld.</summary>
    public static ComposedLoss Of(PipelinePlan plan)
    {
        var sum = new TightComposition();
        foreach (var query in plan.Branches.SelectMany(branch => branch.Queries).Select(planned => planned.Query))
        {
            Add(sum, query, query.ChargesPerPeriod);
        }

        return sum.State();
    }

    private static void Add(TightComposition sum, QueryPlan query, int times)
    {
        if (query.Selection is { } selection)
        {
            sum.Add(selection.Cost, times);
        }

        var cost = query.Noise!.Cost;
        if (cost.Measure == PrivacyMeasure.Approximate)
        {
            // Noise with a delta is Gaussian, calibrated to a rho; it has no delta of its own.
            sum.Add(PrivacyCost.FromUnits(PrivacyMeasure.ZeroConcentrated, Rho(cost)), times);
        }
        else if (cost.Measure == PrivacyMeasure.Pure && query.TopKeys is null && query.Statistic is null && query.Stability == 1 && query.Bounded.Bounds.Groups == 1)
        {
            sum.AddDiscreteLaplace(query.Sensitivity, cost, times);
        }
        else
        {
            sum.Add(cost, times);
        }
    }

    private static long Rho(PrivacyCost cost) =>
        (long)Math.Ceiling(PrivacyConversions.LargestRho(cost.Epsilon, cost.Delta) * PrivacyCost.UnitsPerEpsilon);
}
