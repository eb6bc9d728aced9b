using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Statistics;

/// <summary>The mean over subjects of each one's total of a measure, clamped to a range: the noised sum of distances from the
/// range's centre over the noised number of subjects.</summary>
/// <param name="measure">The measure.</param>
/// <param name="column">Index of the derived column among the aggregate's.</param>
/// <param name="value">The column.</param>
/// <param name="resolution">Value of one unit.</param>
internal sealed class MeanStatistic(string measure, int column, DerivedColumn value, decimal resolution) : QueryStatistic
{
    /// <inheritdoc />
    public override string Text => $"mean({measure}, {value.Lower * resolution}..{value.Upper * resolution})";

    /// <inheritdoc />
    public override IReadOnlyList<StatisticPart> Parts { get; } = [new("sum", 1, value.Largest, 1), new("count", 1, 1, 1)];

    internal override void Read(WindowAggregate aggregate, int group, Span<long> cells) =>
        (cells[0], cells[1]) = (aggregate.Sums(column)[group], aggregate.Subjects[group]);

    internal override IEnumerable<ReleasedGroup> Publish(string[] key, long[] cells, IReadOnlyList<NoisedPart> noise, double confidence)
    {
        var (sum, count) = ((double)cells[0], (double)cells[1]);
        var each = 1 - ((1 - confidence) / 2);
        var ratio = Ratio.Of(sum, noise[0].Noise.HalfWidth(each), count, noise[1].Noise.HalfWidth(each), value.Lower - value.Centre, value.Upper - value.Centre);
        var point = ratio.Clamp(sum / Math.Max(count, 1));
        var error = Ratio.StandardError(point, noise[0].Noise.StandardDeviation, count, noise[1].Noise.StandardDeviation);
        yield return new ReleasedGroup(
            key, Rounded(point + value.Centre, resolution), Rounded(ratio.Low + value.Centre, resolution), Rounded(ratio.High + value.Centre, resolution))
        {
            StandardError = Math.Min(error, value.Upper - value.Lower) * (double)resolution,
        };
    }

    /// <inheritdoc />
    public override double Predict(IReadOnlyList<NoisedPart> noise, double confidence, long subjects)
    {
        // A group whose mean lies halfway between the centre and an end.
        var each = 1 - ((1 - confidence) / 2);
        var mean = value.Largest / 2.0;
        var ratio = Ratio.Of(mean * subjects, noise[0].Noise.HalfWidth(each), subjects, noise[1].Noise.HalfWidth(each), value.Lower - value.Centre, value.Upper - value.Centre);
        return (ratio.High - ratio.Low) / 2 * (double)resolution;
    }
}
