using AkkaPrivacy.Engine.Planning;

namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>What a plan cannot have where the cluster keeps accounts.</summary>
internal static class ClusterPlan
{
    /// <summary>What is said of each of <see cref="RunningTotals"/>.</summary>
    public const string RunningTotal = "is a running total, which the cluster cannot release: an account draws before the transaction that shows the total so far. Publish windows, or keep accounts in the store (akkaprivacy.cluster.ledger.place = store)";

    /// <summary>The queries that are running totals, where accounts are kept by the cluster.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="settings">Where accounts are kept.</param>
    /// <returns>Names of queries; none when the plan can be run.</returns>
    public static IReadOnlyList<string> RunningTotals(PipelinePlan plan, ClusterSettings settings) => settings.LedgerPlace == LedgerPlace.Store
        ? []
        : [.. plan.Branches.SelectMany(branch => branch.Queries).Where(query => query.Query.RunningMs is not null).Select(query => query.Query.Name)];

    /// <summary>Refuses a plan that has any.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="settings">Where accounts are kept.</param>
    /// <exception cref="PlanException">It has; all are listed.</exception>
    public static void Check(PipelinePlan plan, ClusterSettings settings)
    {
        if (RunningTotals(plan, settings) is { Count: > 0 } names)
        {
            throw new PlanException([.. names.Select(name => new PlanError($"query '{name}'", RunningTotal))]);
        }
    }
}
