namespace AkkaPrivacy.Operators.Noise;

/// <content>
/// What the plan and released intervals state about the noise. With q = e^(-1/scale) and T = tanh(1/(2 scale)):
/// (1 - q)/(1 + q) = T and 2/(1 + q) = 1 + T, which stay accurate for tiny and for huge scales.
/// </content>
public sealed partial class DiscreteLaplace
{
    private readonly double _tanh;

    /// <summary>The standard deviation, 1 / (sqrt(2) sinh(1 / (2 scale))), in units of the value.</summary>
    public double StandardDeviation => 1 / (Math.Sqrt(2) * Math.Sinh(0.5 / Scale));

    /// <summary>The probability of one value.</summary>
    /// <param name="x">The value.</param>
    /// <returns>From 0 (underflow) to 1.</returns>
    public double Probability(long x) => _tanh * Power(Math.Abs((double)x));

    /// <summary>The probability of a value of at most <paramref name="x"/>.</summary>
    /// <param name="x">The value.</param>
    /// <returns>From 0 to 1.</returns>
    public double Cdf(long x) => x < 0
        ? 0.5 * (1 + _tanh) * Power(-(double)x)
        : 1 - (0.5 * (1 + _tanh) * Power((double)x + 1));

    /// <summary>The half width of a confidence interval around a noised value.</summary>
    /// <param name="confidence">The probability that the interval holds the value before noise, above 0 and below 1.</param>
    /// <returns>The smallest k with P(|X| &lt;= k) &gt;= <paramref name="confidence"/>; beyond 2^40 within a relative
    /// 1e-14 of it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The confidence is out of range or not a number.</exception>
    public long HalfWidth(double confidence)
    {
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "confidence must be above 0 and below 1");
        }

        // P(|X| > k) = (1 + T) q^(k + 1), solved for k in logarithms and then set right for their rounding.
        double exact = Scale * (LogOnePlus(_tanh) - LogOnePlus(-confidence));
        long k = Math.Max(0, (long)Math.Ceiling(exact) - 1);
        while (k > 0 && IsOutside(k - 1, confidence))
        {
            k--;
        }

        while (!IsOutside(k, confidence))
        {
            k++;
        }

        return k;
    }

    /// <summary>ln(1 + x) without the loss of digits that a small x suffers in the sum.</summary>
    /// <param name="x">Above -1.</param>
    /// <returns>The logarithm; Kahan's correction lets the rounding error of 1 + x cancel in the quotient.</returns>
    internal static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    private bool IsOutside(long k, double confidence) => (1 + _tanh) * Power((double)k + 1) <= 1 - confidence;

    private double Power(double exponent) => Math.Exp(-exponent / Scale);
}
