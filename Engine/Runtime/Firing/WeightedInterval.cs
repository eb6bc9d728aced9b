using AkkaPrivacy.Engine.Planning;

namespace AkkaPrivacy.Engine.Runtime.Firing;

/// <summary>Errors of released values: noise alone, or noise and the error of a weighted sample.</summary>
internal static class WeightedInterval
{
    /// <summary>Half width of the interval and standard error of a released value, which is all they depend on.</summary>
    /// <param name="query">The query.</param>
    /// <param name="confidence">The probability that the interval covers the value that is estimated.</param>
    /// <returns>Both for a value, in units.</returns>
    public static Func<long, (long HalfWidth, double StandardError)> Of(QueryPlan query, double confidence)
    {
        if (query.LargestWeight <= 1)
        {
            var halfWidth = query.Noise!.HalfWidth(confidence);
            return _ => (halfWidth, query.Noise.StandardDeviation);
        }

        // Each of the two errors may leave its interval with half of the probability. The sample's is bounded by Chebyshev's
        // inequality, which holds for every distribution, at the largest total that the noise leaves possible.
        var noise = query.Noise!.HalfWidth(1 - ((1 - confidence) / 2));
        var deviations = 1 / Math.Sqrt((1 - confidence) / 2);
        return value => (
            noise + (long)Math.Ceiling(deviations * SampleDeviation(query, Math.Max(0.0, (double)value + noise))),
            Math.Sqrt(Math.Pow(query.Noise.StandardDeviation, 2) + Math.Pow(SampleDeviation(query, Math.Max(0.0, value)), 2)));
    }

    /// <summary>A bound on the standard deviation of a Horvitz-Thompson total: a subject with x rows is kept with probability 1/w and
    /// then counts w*x, so it adds x^2 * (w - 1) to the variance; with x at most R and w at most M that is R * (M - 1) * x, and the
    /// sum over subjects R * (M - 1) times the total.</summary>
    /// <param name="query">The query.</param>
    /// <param name="total">The total.</param>
    /// <returns>The bound, in units.</returns>
    public static double SampleDeviation(QueryPlan query, double total) =>
        Math.Sqrt((double)query.PerGroup / query.LargestWeight * (query.LargestWeight - 1) * total);
}
