using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>
/// Hashes what gives numbers their meaning. A query's hash holds what is upstream of it and itself; lanes, queue
/// sizes, paths and sinks are in none.
/// </summary>
internal sealed class PlanHash(
    PipelineSettings settings, ArrivalMode arrival, SourceNode source, DataMap map, IReadOnlyList<RowStagePlan> shared)
{
    private const int LongestKeys = 80;
    private readonly string _upstream = Upstream(settings, arrival, source, map, shared);

    public BranchPlan Apply(UnhashedBranch branch)
    {
        var bounded = branch.Bounded with { Group = Group(branch) };
        return new BranchPlan
        {
            Rows = branch.Rows,
            Bounded = bounded,
            Create = branch.Create,
            Queries = [.. branch.Queries.Select(pair => new PlannedQuery(pair.Query with { Bounded = bounded }, Hash(_upstream + Window(branch) + Query(pair.Query)), pair.Sinks))],
        };
    }

    public string OfPipeline(IReadOnlyList<UnhashedBranch> branches) =>
        Hash(_upstream + string.Concat(branches.Select(branch => Window(branch) + string.Concat(branch.Queries.Select(pair => Query(pair.Query))))));

    // Queries over the same bounded contributions are one group, also when a query is added or taken away later. The
    // ledger takes names of at most 128 characters; the hash tells groups apart whose field names are cut short.
    private string Group(UnhashedBranch branch)
    {
        var keys = branch.Bounded.GroupBy.Count == 0 ? "total" : string.Join("+", branch.Bounded.GroupBy.Select(field => field.Name));
        keys = keys.Length <= LongestKeys ? keys : keys[..LongestKeys];
        return $"{keys}/{TimeSpan.FromMilliseconds(branch.Bounded.WindowMs):c}{Slide(branch.Bounded)}#{Hash(_upstream + Window(branch))[..8]}";
    }

    // Tumbling windows keep the name and hash that they had before windows could slide.
    private static string Slide(BoundedWindowPlan plan) =>
        plan.Grid.IsSliding ? $"~{TimeSpan.FromMilliseconds(plan.SlideMs):c}" : string.Empty;

    private static string Upstream(
        PipelineSettings settings, ArrivalMode arrival, SourceNode source, DataMap map, IReadOnlyList<RowStagePlan> shared)
    {
        var text = new StringBuilder("akkaprivacy-plan/1\n");
        text.Append(CultureInfo.InvariantCulture, $"time {arrival} {settings.AllowedLateness} {settings.AllowedSkew} {settings.TimeRange}\n");
        text.Append(CultureInfo.InvariantCulture, $"period {settings.Account!.Period} confidence {settings.Confidence:R}\n");
        text.Append(CultureInfo.InvariantCulture, $"source {source.Description}\n");
        foreach (var field in map.Fields)
        {
            text.Append(CultureInfo.InvariantCulture, $"field {field.Name} {field.SourceName} {field.Type} {field.Class} {field.Role} {field.Required} {field.Resolution} {field.Treatment?.Description}\n");
        }

        return Rows(text, shared).ToString();
    }

    private static StringBuilder Rows(StringBuilder text, IReadOnlyList<RowStagePlan> stages)
    {
        foreach (var stage in stages)
        {
            text.Append(CultureInfo.InvariantCulture, $"stage {stage.Plan.Description}\n");
        }

        return text;
    }

    private static string Window(UnhashedBranch branch)
    {
        var plan = branch.Bounded;
        var text = Rows(new StringBuilder(), branch.Rows);
        text.Append(CultureInfo.InvariantCulture, $"bound {branch.Subject} L0={plan.Bounds.Groups} Linf={plan.Bounds.RowsPerGroup} W={plan.Bounds.Windows} window={plan.WindowMs}{Slide(plan)}\n");
        text.Append(CultureInfo.InvariantCulture, $"by {string.Join(",", plan.GroupBy.Select(field => field.Name))}\n");
        foreach (var key in plan.KnownKeys ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"key {Convert.ToHexString(WindowAggregate.EncodeKey(key))}\n");
        }

        return text.ToString();
    }

    private static string Query(QueryPlan query)
    {
        var clamp = query.SumIndex < 0 || query.Statistic is not null ? null : query.Bounded.Sums[query.SumIndex];
        return string.Create(CultureInfo.InvariantCulture, $"query {query.Name} {query.AggregateText} {clamp?.Lower} {clamp?.Upper} {clamp?.Resolution} {query.Selection?.Description} {query.NoiseText} {query.Cost}{(query.RunningMs is { } running ? $" running={running}" : string.Empty)}\n");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
