using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Statistics;

/// <summary>How many subjects have a total of a measure in each of some declared bins. A total below the first edge counts in the
/// first bin, one above the last edge in the last.</summary>
/// <param name="measure">The measure.</param>
/// <param name="column">Index of the first derived column; one a bin.</param>
/// <param name="edges">The edges, ascending, in units of the result; one more than bins.</param>
internal sealed class HistogramStatistic(string measure, int column, IReadOnlyList<decimal> edges) : QueryStatistic
{
    private readonly string[] _labels = [.. edges.Skip(1).Select((edge, i) => FormattableString.Invariant($"{edges[i]}..{edge}"))];

    /// <inheritdoc />
    public override string Text => $"histogram({measure}, {string.Join(' ', edges.Select(edge => FormattableString.Invariant($"{edge}")))})";

    /// <inheritdoc />
    public override IReadOnlyList<StatisticPart> Parts { get; } = [new("bins", edges.Count - 1, 1, 1)];

    /// <inheritdoc />
    public override string ExtraKey => $"{measure}-bin";

    internal override void Read(WindowAggregate aggregate, int group, Span<long> cells)
    {
        for (var bin = 0; bin < cells.Length; bin++)
        {
            cells[bin] = aggregate.Sums(column + bin)[group];
        }
    }

    internal override IEnumerable<ReleasedGroup> Publish(string[] key, long[] cells, IReadOnlyList<NoisedPart> noise, double confidence)
    {
        var width = noise[0].Noise.HalfWidth(confidence);
        for (var bin = 0; bin < cells.Length; bin++)
        {
            yield return new ReleasedGroup([.. key, _labels[bin]], cells[bin], cells[bin] - width, cells[bin] + width)
            {
                StandardError = noise[0].Noise.StandardDeviation,
            };
        }
    }

    /// <inheritdoc />
    public override double Predict(IReadOnlyList<NoisedPart> noise, double confidence, long subjects) => noise[0].Noise.HalfWidth(confidence);
}
