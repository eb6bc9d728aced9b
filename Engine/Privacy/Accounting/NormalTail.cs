namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>The standard normal distribution's tails, with small relative errors also far out.</summary>
internal static class NormalTail
{
    private const double SeriesUpTo = 2.5;
    private const int Fractions = 200;

    /// <summary>P(Z &gt; x) for a standard normal Z.</summary>
    /// <param name="x">Any number; infinities are allowed.</param>
    /// <returns>From 0 (underflow, from about 38 on) to 1, with a relative error below 1e-13.</returns>
    public static double Upper(double x) => x < 0 ? 1 - Upper(-x) : x <= SeriesUpTo ? 0.5 - Inner(x) : Density(x) * Mills(x);

    /// <summary>The natural logarithm of P(Z &gt; x), also where the probability itself underflows.</summary>
    /// <param name="x">Any finite number.</param>
    /// <returns>The logarithm.</returns>
    public static double LogUpper(double x) => x <= SeriesUpTo
        ? Math.Log(Upper(x))
        : (-0.5 * x * x) - (0.5 * Math.Log(2 * Math.PI)) + Math.Log(Mills(x));

    /// <summary>The number that a standard normal variable exceeds with a given probability.</summary>
    /// <param name="probability">Above 0 and below 1.</param>
    /// <returns>x with <see cref="Upper"/>(x) = <paramref name="probability"/>, within a few units of the last place.</returns>
    public static double Quantile(double probability)
    {
        double low = -40;
        double high = 40;
        for (double middle = 0; low < middle && middle < high; middle = low + ((high - low) / 2))
        {
            (low, high) = Upper(middle) > probability ? (middle, high) : (low, middle);
        }

        return high;
    }

    // P(0 < Z <= x) = density(x) * (x + x^3/3 + x^5/15 + ...), all terms positive.
    private static double Inner(double x)
    {
        double term = x;
        double sum = x;
        for (int n = 3; term > sum * 1e-17; n += 2)
        {
            term *= x * x / n;
            sum += term;
        }

        return Density(x) * sum;
    }

    // Mills' ratio as Laplace's continued fraction 1/(x + 1/(x + 2/(x + ...))), from its far end.
    private static double Mills(double x)
    {
        double rest = x;
        for (int n = Fractions; n >= 1; n--)
        {
            rest = x + (n / rest);
        }

        return 1 / rest;
    }

    private static double Density(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);
}
