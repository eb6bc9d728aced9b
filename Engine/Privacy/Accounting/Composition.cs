namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>What several costs add up to, for planning.</summary>
public static class Composition
{
    /// <summary>The charge of a composition group: the sum of the W largest window costs, since a subject is in at most W
    /// windows. Loss and delta are summed over their own W largest, which bounds every choice of W windows.</summary>
    /// <param name="windowCosts">The cost of each window, in one measure.</param>
    /// <param name="maxWindows">W, 1 or more.</param>
    /// <returns>The charge; 0 and pure without windows.</returns>
    /// <exception cref="ArgumentException">The costs are in several measures.</exception>
    public static PrivacyCost Group(IReadOnlyList<PrivacyCost> windowCosts, int maxWindows)
    {
        ArgumentNullException.ThrowIfNull(windowCosts);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWindows, 1);
        RequireOneMeasure(windowCosts);
        return windowCosts.Count == 0
            ? PrivacyCost.Zero(PrivacyMeasure.Pure)
            : PrivacyCost.FromUnits(windowCosts[0].Measure, Largest(cost => cost.Loss), Largest(cost => cost.AttoDelta));

        long Largest(Func<PrivacyCost, long> unit) => windowCosts.Select(unit).OrderDescending().Take(maxWindows).Aggregate(0L, (sum, one) => checked(sum + one));
    }

    /// <summary>The charge of parts of the data that no subject is in two of: the largest, instead of the sum.</summary>
    /// <param name="costs">The cost of each part, in one measure.</param>
    /// <param name="proof">Why no subject is in two parts.</param>
    /// <returns>The largest loss and the largest delta; 0 and pure without parts.</returns>
    /// <exception cref="ArgumentException">The costs are in several measures, or the proof is for another number of parts.</exception>
    public static PrivacyCost Parallel(IReadOnlyList<PrivacyCost> costs, DisjointSubjects proof)
    {
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(proof);
        RequireOneMeasure(costs);
        if (costs.Count != proof.Parts.Count)
        {
            throw new ArgumentException($"The proof is for {proof.Parts.Count} parts and there are {costs.Count} costs.", nameof(proof));
        }

        return costs.Count == 0
            ? PrivacyCost.Zero(PrivacyMeasure.Pure)
            : PrivacyCost.FromUnits(costs[0].Measure, costs.Max(cost => cost.Loss), costs.Max(cost => cost.AttoDelta));
    }

    /// <summary>The smallest epsilon at a delta of k uses of one (epsilon, delta)-private mechanism, adaptively chosen.</summary>
    /// <param name="epsilon">Of one use, from <see cref="PrivacyCost.MinEpsilon"/> to <see cref="PrivacyCost.MaxEpsilon"/>.</param>
    /// <param name="delta">Of one use, 0 or more and below 1.</param>
    /// <param name="times">k, from 1 to 100,000.</param>
    /// <param name="total">The delta of all uses, above 0 and below 1.</param>
    /// <returns>The smallest of the optimal composition's epsilons |k - 2i| epsilon with a delta of at most
    /// <paramref name="total"/>; null when k deltas alone exceed it.</returns>
    /// <remarks>Kairouz, Oh, Viswanath 2015, theorem 3.3; all terms are positive and summed as logarithms.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static double? Optimal(double epsilon, double delta, int times, double total)
    {
        if (epsilon is not (>= PrivacyCost.MinEpsilon and <= PrivacyCost.MaxEpsilon))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon is out of range");
        }

        if (!(delta >= 0 && delta < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta must be 0 or more and below 1");
        }

        if (times is < 1 or > 100_000)
        {
            throw new ArgumentOutOfRangeException(nameof(times), times, "times must be from 1 to 100,000");
        }

        if (!(total > 0 && total < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(total), total, "the total delta must be above 0 and below 1");
        }

        // 1 - (1 - delta)^k (1 - delta_i) <= total, where delta_i falls as epsilon_i = (k - 2i) epsilon grows with smaller i.
        double kept = Math.Exp(times * Math.Log(1 - delta));
        double[] binomial = LogBinomials(times, epsilon);
        int low = -1;
        int high = times / 2;
        while (high > low)
        {
            int middle = low + ((high - low + 1) / 2);
            double used = 1 - (kept * (1 - Excess(binomial, middle, times, epsilon)));
            (low, high) = used * (1 + 1e-9) <= total ? (middle, high) : (low, middle - 1);
        }

        return low < 0 ? null : (times - (2 * low)) * epsilon * (1 + 1e-12);
    }

    // ln(C(k, l) / (1 + e^epsilon)^k).
    private static double[] LogBinomials(int times, double epsilon)
    {
        var logs = new double[times + 1];
        double all = times * (epsilon + Math.Log(1 + Math.Exp(-epsilon)));
        double log = 0;
        for (int l = 0; l <= times; l++)
        {
            logs[l] = log - all;
            log += Math.Log((double)(times - l) / (l + 1));
        }

        return logs;
    }

    // The sum over l < i of C(k, l) (e^((k - l) epsilon) - e^((k - 2i + l) epsilon)) / (1 + e^epsilon)^k.
    private static double Excess(double[] binomial, int i, int times, double epsilon)
    {
        double sum = 0;
        for (int l = 0; l < i; l++)
        {
            sum += Math.Exp(binomial[l] + ((times - l) * epsilon)) * (1 - Math.Exp(-2.0 * (i - l) * epsilon));
        }

        return sum;
    }

    private static void RequireOneMeasure(IReadOnlyList<PrivacyCost> costs)
    {
        if (costs.Select(cost => cost.Measure).Distinct().Count() > 1)
        {
            throw new ArgumentException("The costs are in several measures: convert each first.", nameof(costs));
        }
    }
}
