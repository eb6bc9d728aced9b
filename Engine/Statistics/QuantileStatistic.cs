using System.Globalization;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Statistics;

/// <summary>Quantiles over subjects of each one's total of a measure: from a binary tree of noised counts over equal bins of a
/// declared range. All quantiles of a group come from one tree.</summary>
/// <param name="measure">The measure.</param>
/// <param name="column">Index of the first derived column; one a bin.</param>
/// <param name="edges">Edges of the bins, in units; a power of two of bins.</param>
/// <param name="quantiles">The quantiles, above 0 and below 1.</param>
/// <param name="resolution">Value of one unit.</param>
internal sealed class QuantileStatistic(
    string measure, int column, IReadOnlyList<long> edges, IReadOnlyList<double> quantiles, decimal resolution) : QueryStatistic
{
    private readonly int _bins = edges.Count - 1;

    /// <inheritdoc />
    public override string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"quantiles({measure}, {edges[0] * resolution}..{edges[^1] * resolution} in {_bins}, {string.Join(' ', quantiles.Select(q => q.ToString("R", CultureInfo.InvariantCulture)))})");

    /// <inheritdoc />
    public override IReadOnlyList<StatisticPart> Parts { get; } = [new("tree", (2 * (edges.Count - 1)) - 2, 1, int.Log2(edges.Count - 1))];

    /// <inheritdoc />
    public override string ExtraKey => $"{measure}-quantile";

    // Cells are the tree's nodes in the order of a heap, from node 2 on: the root is never noised, leaves are nodes bins to 2 bins - 1.
    internal override void Read(WindowAggregate aggregate, int group, Span<long> cells)
    {
        for (var bin = 0; bin < _bins; bin++)
        {
            cells[_bins + bin - 2] = aggregate.Sums(column + bin)[group];
        }

        for (var node = _bins - 1; node >= 2; node--)
        {
            cells[node - 2] = checked(cells[(2 * node) - 2] + cells[(2 * node) - 1]);
        }
    }

    internal override IEnumerable<ReleasedGroup> Publish(string[] key, long[] cells, IReadOnlyList<NoisedPart> noise, double confidence)
    {
        var width = Multiplier(noise[0].Noise, confidence) * noise[0].Noise.StandardDeviation;
        foreach (var quantile in quantiles)
        {
            var (low, high) = Interval(cells, quantile, width);
            var point = Math.Clamp(Descend(cells, quantile), low, high);
            yield return new ReleasedGroup(
                [.. key, quantile.ToString("R", CultureInfo.InvariantCulture)], Rounded(point, resolution), Rounded(low, resolution), Rounded(high, resolution))
            {
                StandardError = (high - low) / 2 / NormalTail.Quantile((1 - confidence) / 2) * (double)resolution,
            };
        }
    }

    /// <inheritdoc />
    public override double Predict(IReadOnlyList<NoisedPart> noise, double confidence, long subjects)
    {
        // Totals spread evenly over the range: an error of so many ranks is the same share of the range.
        var ranks = Multiplier(noise[0].Noise, confidence) * noise[0].Noise.StandardDeviation * Math.Sqrt(int.Log2(_bins) / 2.0);
        var range = edges[^1] - edges[0];
        return Math.Min(range, (range * Math.Min(1, ranks / Math.Max(1, subjects))) + (range / (double)_bins)) * (double)resolution;
    }

    // Down from the root to where the rank falls; within a bin evenly.
    private double Descend(long[] cells, double quantile)
    {
        var rank = quantile * Math.Max(0, cells[0] + cells[1]);
        var node = 1;
        while (node < _bins)
        {
            var left = Math.Max(0, cells[(2 * node) - 2]);
            node = rank <= left ? 2 * node : (2 * node) + 1;
            rank -= (node & 1) == 0 ? 0 : left;
        }

        var (from, to) = (edges[node - _bins], edges[node - _bins + 1]);
        return from + ((to - from) * Math.Clamp(rank / Math.Max(1, cells[node - 2]), 0, 1));
    }

    // The bins that may hold the quantile: those at whose upper edge the count below may reach its rank, and at whose lower edge
    // it may not have passed it.
    private (double Low, double High) Interval(long[] cells, double quantile, double width)
    {
        var (first, last) = (_bins - 1, 0);
        for (var bin = 0; bin < _bins; bin++)
        {
            var (below, belowWeights) = Excess(cells, bin, quantile);
            var (upTo, upToWeights) = Excess(cells, bin + 1, quantile);
            if (upTo + (width * upToWeights) >= 0 && below - (width * belowWeights) <= 0)
            {
                (first, last) = (Math.Min(first, bin), Math.Max(last, bin));
            }
        }

        return first <= last ? (edges[first], edges[last + 1]) : (edges[0], edges[^1]);
    }

    // The noised number in the first bins less that share of all, and the root of the sum of the squares of its weights.
    private (double Value, double Weights) Excess(long[] cells, int bins, double share)
    {
        var half = _bins / 2;
        var (left, right) = ((bins >= half ? 1 : 0) - share, (bins == _bins ? 1 : 0) - share);
        var (value, squares) = ((left * cells[0]) + (right * cells[1]), (left * left) + (right * right));
        for (int size = half / 2, at = bins / half * half; size >= 1 && at < bins; size /= 2)
        {
            if (at + size <= bins)
            {
                value += cells[(_bins / size) + (at / size) - 2];
                squares++;
                at += size;
            }
        }

        return (value, Math.Sqrt(squares));
    }
}
