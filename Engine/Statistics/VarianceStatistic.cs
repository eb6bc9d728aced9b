using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Statistics;

/// <summary>The variance over subjects of each one's total of a measure, clamped to a range: the mean of squares less the square
/// of the mean, of distances from the range's centre in steps of at most 2^-15 of it.</summary>
/// <param name="measure">The measure.</param>
/// <param name="column">Index of the derived column of values; that of squares follows.</param>
/// <param name="value">The column of values.</param>
/// <param name="resolution">Value of one unit.</param>
internal sealed class VarianceStatistic(string measure, int column, DerivedColumn value, decimal resolution) : QueryStatistic
{
    /// <summary>The largest distance in steps: squares and their sums over millions of subjects fit 64 bits.</summary>
    public const long Steps = 1 << 15;

    private readonly double _unit = value.Unit * (double)resolution;

    /// <inheritdoc />
    public override string Text => $"variance({measure}, {value.Lower * resolution}..{value.Upper * resolution})";

    /// <inheritdoc />
    public override IReadOnlyList<StatisticPart> Parts { get; } =
    [
        new("sum", 1, value.Largest, 1),
        new("count", 1, 1, 1),
        new("squares", 1, Math.Max(1, (value.Largest * value.Largest) - value.SquareCentre), 1),
    ];

    internal override void Read(WindowAggregate aggregate, int group, Span<long> cells) =>
        (cells[0], cells[1], cells[2]) = (aggregate.Sums(column)[group], aggregate.Subjects[group], aggregate.Sums(column + 1)[group]);

    internal override IEnumerable<ReleasedGroup> Publish(string[] key, long[] cells, IReadOnlyList<NoisedPart> noise, double confidence)
    {
        var (low, high) = Range(cells[0], cells[1], cells[2], noise, confidence);
        var count = Math.Max(cells[1], 1.0);
        var (mean, square) = (cells[0] / count, (cells[2] / count) + value.SquareCentre);
        var point = Math.Clamp(square - (mean * mean), low, high);
        var deviation = Math.Sqrt(
            Math.Pow(noise[2].Noise.StandardDeviation, 2)
            + Math.Pow(2 * mean * noise[0].Noise.StandardDeviation, 2)
            + Math.Pow(((2 * mean * mean) - (cells[2] / count)) * noise[1].Noise.StandardDeviation, 2)) / count;
        yield return new ReleasedGroup(key, Squared(point), Squared(low), Squared(high))
        {
            StandardError = Math.Min(deviation, Most) * _unit * _unit,
        };
    }

    /// <inheritdoc />
    public override double Predict(IReadOnlyList<NoisedPart> noise, double confidence, long subjects)
    {
        // Totals spread evenly over the range have a third of the largest square.
        var (low, high) = Range(0, subjects, ((value.Largest * value.Largest / 3.0) - value.SquareCentre) * subjects, noise, confidence);
        return (high - low) / 2 * _unit * _unit;
    }

    private double Most => (double)value.Largest * value.Largest;

    private (double Low, double High) Range(double sum, double count, double squares, IReadOnlyList<NoisedPart> noise, double confidence)
    {
        var each = 1 - ((1 - confidence) / 3);
        var width = noise[1].Noise.HalfWidth(each);
        var mean = Ratio.Of(sum, noise[0].Noise.HalfWidth(each), count, width, -value.Largest, value.Largest);
        var square = Ratio.Of(squares, noise[2].Noise.HalfWidth(each), count, width, -value.SquareCentre, Most - value.SquareCentre);
        var largest = Math.Max(mean.Low * mean.Low, mean.High * mean.High);
        var smallest = mean.Low <= 0 && mean.High >= 0 ? 0 : Math.Min(mean.Low * mean.Low, mean.High * mean.High);
        var (low, high) = (Math.Max(0, square.Low + value.SquareCentre - largest), Math.Min(Most, square.High + value.SquareCentre - smallest));
        return low <= high ? (low, high) : (0, Most);
    }

    private decimal Squared(double value) => decimal.Round((decimal)Math.Clamp(value * _unit * _unit, -1e20, 1e20), 6);
}
