using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Hosting.Reload;

namespace AkkaPrivacy.Hosting.Check.Against;

/// <summary>What a start on a store would find. Its JSON has the same names in snake_case.</summary>
internal sealed record AgainstReport(
    string Store, bool Refused, bool KeepsState, DateTime? ReadUpTo, IReadOnlyList<AgainstQuery> Queries, IReadOnlyList<OpenPeriod> OpenPeriods, IReadOnlyList<string> Refusals)
{
    public static AgainstReport Of(string store, StartReport start) => new(
        store,
        start.Refusals.Count > 0,
        start.KeepsState,
        start.ReadUpTo?.UtcDateTime,
        [.. start.Queries.Select(query => new AgainstQuery(query.Name, query.Hash, query.InPlan, query.Releases, Span.Of(query.Windows), query.Withheld))],
        [.. start.Periods.Select(OpenPeriod.Of)],
        start.Refusals);
}

internal sealed record AgainstQuery(string Name, string PlanHash, bool InFile, int Releases, Span? Windows, int Withheld);
