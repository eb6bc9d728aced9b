using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Statistics;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Resolves statistics of a bounded window into columns that windows compute and what is made of them.</summary>
internal sealed class StatisticPlanner(RowSchema schema, List<SumField> sums, PlanErrors errors)
{
    private const int MaxBins = 1024;
    private const int MaxEdges = 257;
    private const int MaxQuantiles = 32;
    private readonly List<DerivedColumn> _derived = [];

    /// <summary>The derived columns of all statistics so far.</summary>
    public IReadOnlyList<DerivedColumn> Columns => _derived;

    /// <summary>Resolves one query.</summary>
    /// <returns>What makes the statistic once all columns are known; null for other queries, and after mistakes.</returns>
    public PlannedStatistic? Plan(AggregateNode node)
    {
        if (node.Top is { } top && (top < 1 || node.Aggregate > AggregateKind.DistinctSubjects))
        {
            errors.Add(node, $"top is {top}; it must be 1 or more, of a count, a sum or distinct subjects");
        }

        if (node.Aggregate <= AggregateKind.DistinctSubjects)
        {
            return null;
        }

        var column = node.Field is null ? null : schema.Find(node.Field);
        if (column is not { Type: ColumnType.Int64 })
        {
            errors.Add(node, $"a statistic needs a measure; '{node.Field}' is not a number here; there are {schema.Names()}");
            return null;
        }

        return node.Aggregate switch
        {
            AggregateKind.Mean => Values(node, column.Resolution, isVariance: false),
            AggregateKind.Variance => Values(node, column.Resolution, isVariance: true),
            AggregateKind.Histogram => Histogram(node, column.Resolution),
            _ => Quantiles(node, column.Resolution),
        };
    }

    private PlannedStatistic? Values(AggregateNode node, decimal resolution, bool isVariance)
    {
        if (Range(node, node.Lower, node.Upper, resolution) is not { } range)
        {
            return null;
        }

        var centre = range.Lower + ((range.Upper - range.Lower) / 2);
        var unit = isVariance ? Math.Max(1, (range.Upper - centre + VarianceStatistic.Steps - 1) / VarianceStatistic.Steps) : 1;
        var value = new DerivedColumn(Measure(node, range, resolution), DerivedKind.Value, range.Lower, range.Upper, centre, unit);
        var first = Add([value, .. isVariance ? new[] { value with { Kind = DerivedKind.Square } } : []]);
        return isVariance
            ? new PlannedStatistic(() => new VarianceStatistic(node.Field!, sums.Count + first, value, resolution))
            : new PlannedStatistic(() => new MeanStatistic(node.Field!, sums.Count + first, value, resolution));
    }

    private PlannedStatistic? Histogram(AggregateNode node, decimal resolution)
    {
        if (node.Edges.Count is < 2 or > MaxEdges || node.Edges.Zip(node.Edges.Skip(1)).Any(pair => pair.First >= pair.Second) || node.Edges.Any(edge => edge % resolution != 0))
        {
            errors.Add(node, $"edges are 2 to {MaxEdges} ascending multiples of {resolution}");
            return null;
        }

        if (Range(node, node.Edges[0], node.Edges[^1], resolution) is not { } range)
        {
            return null;
        }

        var first = Add(Bins(Measure(node, range, resolution), [.. node.Edges.Select(edge => (long)(edge / resolution))]));
        return new PlannedStatistic(() => new HistogramStatistic(node.Field!, sums.Count + first, node.Edges));
    }

    private PlannedStatistic? Quantiles(AggregateNode node, decimal resolution)
    {
        if (node.Quantiles.Count is < 1 or > MaxQuantiles || node.Quantiles.Any(q => !(q > 0 && q < 1)) || node.Quantiles.Distinct().Count() != node.Quantiles.Count)
        {
            errors.Add(node, $"quantiles are 1 to {MaxQuantiles} different numbers above 0 and below 1");
            return null;
        }

        if (node.Bins is < 2 or > MaxBins || !int.IsPow2(node.Bins))
        {
            errors.Add(node, $"bins is {node.Bins}; it must be a power of two from 2 to {MaxBins}");
            return null;
        }

        if (Range(node, node.Lower, node.Upper, resolution) is not { } range)
        {
            return null;
        }

        long[] edges = [.. Enumerable.Range(0, node.Bins + 1).Select(i => range.Lower + (long)((Int128)(range.Upper - range.Lower) * i / node.Bins))];
        if (edges.Distinct().Count() != edges.Length)
        {
            errors.Add(node, $"the range from {node.Lower} to {node.Upper} has fewer than {node.Bins} multiples of {resolution}: give fewer bins");
            return null;
        }

        var first = Add(Bins(Measure(node, range, resolution), edges));
        return new PlannedStatistic(() => new QuantileStatistic(node.Field!, sums.Count + first, edges, node.Quantiles, resolution));
    }

    // The first and the last bin have no outer end: every subject of a group is in one bin.
    private static DerivedColumn[] Bins(int measure, IReadOnlyList<long> edges) =>
    [
        .. Enumerable.Range(0, edges.Count - 1).Select(i => new DerivedColumn(
            measure, DerivedKind.Bin, i == 0 ? long.MinValue : edges[i], i == edges.Count - 2 ? long.MaxValue : edges[i + 1])),
    ];

    private (long Lower, long Upper)? Range(AggregateNode node, decimal lower, decimal upper, decimal resolution)
    {
        try
        {
            var (from, to) = (decimal.Ceiling(lower / resolution), decimal.Floor(upper / resolution));
            if (from < to && from >= -SumField.Largest && to <= SumField.Largest)
            {
                return ((long)from, (long)to);
            }
        }
        catch (OverflowException)
        {
            // Beyond what a decimal holds is beyond 2^40 units, too.
        }

        errors.Add(node, $"the range from {lower} to {upper} must hold two multiples of {resolution} or more, each within plus or minus 2^40 of them");
        return null;
    }

    // The measure is summed for each subject; its own column of clamped sums must hold 0.
    private int Measure(AggregateNode node, (long Lower, long Upper) range, decimal resolution)
    {
        var slot = schema.IndexOf(node.Field!);
        var found = sums.FindIndex(sum => sum.Slot == slot);
        if (found < 0)
        {
            sums.Add(new SumField(node.Field!, slot, Math.Min(0, range.Lower), Math.Max(0, range.Upper), resolution));
            return sums.Count - 1;
        }

        return found;
    }

    private int Add(IReadOnlyList<DerivedColumn> columns)
    {
        _derived.AddRange(columns);
        return _derived.Count - columns.Count;
    }
}

/// <summary>A statistic whose columns' places are known once all queries of the window are planned.</summary>
/// <param name="Create">Makes it.</param>
internal sealed record PlannedStatistic(Func<QueryStatistic> Create);
