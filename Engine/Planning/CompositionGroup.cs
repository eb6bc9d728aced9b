using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Queries that the ledger charges together.</summary>
/// <param name="Name">Its name in receipts; for continual noise the start of the running total follows.</param>
/// <param name="Queries">The queries' names.</param>
/// <param name="Cost">What one charge is.</param>
/// <param name="Charges">How often at most a period is charged.</param>
public sealed record CompositionGroup(string Name, IReadOnlyList<string> Queries, PrivacyCost Cost, int Charges)
{
    /// <summary>The most that a period can be charged.</summary>
    public PrivacyCost PeriodCost => Cost * Charges;

    internal static CompositionGroup Of(string name, IReadOnlyList<PlannedQuery> queries) => new(
        name, [.. queries.Select(query => query.Query.Name)], queries.Select(query => query.Query.Charge).Aggregate((sum, cost) => sum + cost), queries[0].Query.ChargesPerPeriod);
}
