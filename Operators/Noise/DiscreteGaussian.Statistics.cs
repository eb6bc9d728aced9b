using AkkaPrivacy.Engine.Privacy.Accounting;

namespace AkkaPrivacy.Operators.Noise;

/// <content>
/// What the plan and released intervals state about the noise. By Poisson summation the sum of e^(-x^2 / (2 sigma^2)) over
/// the integers is sigma sqrt(2 pi) (1 + 2 e^(-2 pi^2 sigma^2) + ...): never less than sigma sqrt(2 pi), and equal to it in
/// doubles from sigma = 2 on.
/// </content>
public sealed partial class DiscreteGaussian
{
    // Up to here sums are taken term by term.
    private const double SummedSigma = 256;
    private const double Reach = 40;

    private double? _total;
    private double? _deviation;

    /// <summary>The standard deviation, in units of the value; below sigma, by less than 1e-14 of it from sigma = 2 on.</summary>
    public double StandardDeviation => _deviation ??= Sigma > SummedSigma ? Sigma : Math.Sqrt(2 * Sum(1, x => x * x) / Total);

    private double Total => _total ??= Sigma > SummedSigma ? Sigma * Math.Sqrt(2 * Math.PI) : 1 + (2 * Sum(1, _ => 1));

    /// <summary>The probability of one value.</summary>
    /// <param name="x">The value.</param>
    /// <returns>From 0 (underflow) to 1.</returns>
    public double Probability(long x) => Weight(x) / Total;

    /// <summary>The half width of a confidence interval around a noised value.</summary>
    /// <param name="confidence">The probability that the interval holds the value before noise, above 0 and below 1.</param>
    /// <returns>The smallest k with P(|X| &lt;= k) &gt;= <paramref name="confidence"/>. Above sigma = 256, where the normal tail
    /// beyond k + 1/2 stands in for the sum: it bounds the sum wherever the density is convex, so from sigma on.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The confidence is out of range or not a number.</exception>
    public long HalfWidth(double confidence)
    {
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "confidence must be above 0 and below 1");
        }

        long low = -1;
        long high = (long)Math.Ceiling(Reach * Sigma) + 1;
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = Outside(middle) <= 1 - confidence ? (low, middle) : (middle, high);
        }

        return high;
    }

    /// <summary>P(|X| &gt; k).</summary>
    private double Outside(long k) => Sigma > SummedSigma
        ? 2 * NormalTail.Upper((k + 0.5) / Sigma)
        : 2 * Sum(k + 1, _ => 1) / Total;

    // From the far end, so that small terms are not lost beside large ones.
    private double Sum(long from, Func<double, double> times)
    {
        double sum = 0;
        for (long x = from + (long)Math.Ceiling(Reach * Sigma); x >= from; x--)
        {
            sum += times(x) * Weight(x);
        }

        return sum;
    }

    private double Weight(double x) => Math.Exp(-x / Sigma * (x / Sigma) / 2);
}
