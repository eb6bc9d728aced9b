using System.Collections.Concurrent;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Tests.Privacy.Sensitivity;

/// <summary>What a subject loses by a release, from how far the exact numbers of two streams lie apart and the noise that is drawn,
/// without a look at the planned sensitivity.</summary>
internal static class Loss
{
    private static readonly ConcurrentDictionary<(double Epsilon, double Delta), double> Budgets = [];

    /// <summary>The loss of the noise in one window, as a share of what the query costs.</summary>
    public static double Share(QueryPlan query, WindowAggregate? one, WindowAggregate? other)
    {
        var (cells, others) = (Cells(query, one), Cells(query, other));
        if (one is null && other is null)
        {
            return 0;
        }

        var loss = 0.0;
        for (int part = 0, at = 0; part < Math.Max(1, query.Parts.Count); part++)
        {
            var noise = query.Parts.Count == 0 ? query.Noise! : query.Parts[part].Noise;
            var size = query.Parts.Count == 0 ? 1 : query.Parts[part].Part.Cells;
            var from = at;
            var changes = cells.Keys.Union(others.Keys).SelectMany(key => Enumerable.Range(from, size).Select(i => (double)(At(cells, key, i) - At(others, key, i)))).ToList();
            loss += noise.Cost.Measure == PrivacyMeasure.Pure
                ? changes.Sum(Math.Abs) / noise.Scale
                : changes.Sum(change => change * change) / (2 * noise.Scale * noise.Scale);
            at += size;
        }

        return loss / Budget(query.Noise!.Cost);
    }

    /// <summary>How many groups' numbers of subjects differ, each by one; int.MaxValue when one differs by more.</summary>
    public static int Selection(WindowAggregate? one, WindowAggregate? other)
    {
        var (mine, theirs) = (Subjects(one), Subjects(other));
        var changes = mine.Keys.Union(theirs.Keys).Select(key => Math.Abs(mine.GetValueOrDefault(key) - theirs.GetValueOrDefault(key))).Where(change => change > 0).ToList();
        return changes.Any(change => change > 1) ? int.MaxValue : changes.Count;
    }

    private static double Budget(PrivacyCost cost) => cost.Measure switch
    {
        PrivacyMeasure.Pure => cost.Epsilon,
        PrivacyMeasure.ZeroConcentrated => cost.Epsilon,
        _ => Budgets.GetOrAdd((cost.Epsilon, cost.Delta), static pair => PrivacyConversions.LargestRho(pair.Epsilon, pair.Delta)),
    };

    private static long At(Dictionary<string, long[]> cells, string key, int i) => cells.TryGetValue(key, out var values) ? values[i] : 0;

    private static Dictionary<string, long> Subjects(WindowAggregate? aggregate) =>
        aggregate is null ? [] : Enumerable.Range(0, aggregate.Count).ToDictionary(group => string.Join('|', aggregate.KeyText(group)), group => aggregate.Subjects[group]);

    private static Dictionary<string, long[]> Cells(QueryPlan query, WindowAggregate? aggregate)
    {
        var cells = new Dictionary<string, long[]>();
        for (var group = 0; group < (aggregate?.Count ?? 0); group++)
        {
            var values = new long[query.Statistic?.Cells ?? 1];
            if (query.Statistic is { } statistic)
            {
                statistic.Read(aggregate!, group, values);
            }
            else
            {
                values[0] = query.Aggregate switch
                {
                    AggregateKind.DistinctSubjects => aggregate!.Subjects[group],
                    AggregateKind.Count when query.SumIndex < 0 => aggregate!.Rows[group],
                    _ => aggregate!.Sums(query.SumIndex)[group],
                };
            }

            cells[string.Join('|', aggregate!.KeyText(group))] = values;
        }

        return cells;
    }
}
