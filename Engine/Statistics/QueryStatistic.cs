using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Statistics;

/// <summary>A query whose published numbers are computed from several noised cells of each group. What happens after the noise
/// is post-processing and costs nothing. The folder's README has the proofs.</summary>
public abstract class QueryStatistic
{
    /// <summary>The statistic with its parameters, for releases and the plan hash: <c>mean(bytes, 0..1000)</c>.</summary>
    public abstract string Text { get; }

    /// <summary>What is noised. The cost of a release is split evenly: with m parts, each is noised as if m times its change
    /// (or m times its squared change) were all there is.</summary>
    public abstract IReadOnlyList<StatisticPart> Parts { get; }

    /// <summary>The name of the key part that tells the numbers of one group apart; null when a group has one number.</summary>
    public virtual string? ExtraKey => null;

    /// <summary>Cells of one group, all parts.</summary>
    public int Cells => Parts.Sum(part => part.Cells);

    /// <summary>Reads the exact cells of a group.</summary>
    /// <param name="aggregate">The window's aggregate.</param>
    /// <param name="group">The group's index.</param>
    /// <param name="cells">Receives them, part by part.</param>
    internal abstract void Read(WindowAggregate aggregate, int group, Span<long> cells);

    /// <summary>Computes the published numbers of a group.</summary>
    /// <param name="key">The group's key.</param>
    /// <param name="cells">Its noised cells.</param>
    /// <param name="noise">The parts' noise.</param>
    /// <param name="confidence">Of each interval.</param>
    /// <returns>One or more numbers with intervals.</returns>
    internal abstract IEnumerable<ReleasedGroup> Publish(string[] key, long[] cells, IReadOnlyList<NoisedPart> noise, double confidence);

    /// <summary>The half width of the interval of a group of typical spread with many subjects.</summary>
    /// <param name="noise">The parts' noise.</param>
    /// <param name="confidence">Of the interval.</param>
    /// <param name="subjects">How many subjects the group has.</param>
    /// <returns>In units of the result.</returns>
    public abstract double Predict(IReadOnlyList<NoisedPart> noise, double confidence, long subjects);

    /// <summary>A number in units of the result, rounded to the digits that a decimal and a reader can hold.</summary>
    private protected static decimal Rounded(double value, decimal unit) =>
        decimal.Round((decimal)Math.Clamp(value, -1e20, 1e20), 6) * unit;

    /// <summary>How many standard deviations cover a weighted sum of independent draws with some confidence: of one draw or of a
    /// normal variable, whichever is more. Sums have lighter tails than their heaviest part.</summary>
    private protected static double Multiplier(INoiseMechanism noise, double confidence) => Math.Max(
        noise.HalfWidth(confidence) / Math.Max(noise.StandardDeviation, 1e-9), NormalTail.Quantile((1 - confidence) / 2));
}
