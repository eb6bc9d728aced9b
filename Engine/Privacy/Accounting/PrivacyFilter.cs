namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>Bounds what adaptively chosen mechanisms may cost together: each asks before it runs.</summary>
/// <remarks>
/// <para>Pure, approximate and zero-concentrated costs add up also when each is chosen in view of earlier results (Rogers,
/// Roth, Ullman, Vadhan 2016; Feldman, Zrnic 2021). Sums are exact integers.</para>
/// <para>What does not fit is refused and changes nothing; a smaller cost may fit afterwards. A filter whose budget is spent
/// stays exhausted. One instance belongs to one thread at a time.</para>
/// </remarks>
public sealed class PrivacyFilter
{
    /// <summary>Makes a filter that has spent nothing.</summary>
    /// <param name="budget">What may be spent; not 0.</param>
    /// <exception cref="ArgumentException">The budget is 0.</exception>
    public PrivacyFilter(PrivacyCost budget)
    {
        Budget = PrivacyOdometer.In(budget.Measure, budget);
        Spent = PrivacyCost.Zero(budget.Measure);
    }

    /// <summary>What may be spent.</summary>
    public PrivacyCost Budget { get; }

    /// <summary>What was spent.</summary>
    public PrivacyCost Spent { get; private set; }

    /// <summary>What is left.</summary>
    public PrivacyCost Left => Budget.Less(Spent);

    /// <summary>Whether no cost fits any more, since the loss is spent.</summary>
    public bool IsExhausted => Spent.Loss >= Budget.Loss;

    /// <summary>A filter for many small epsilons that together must be (epsilon, delta)-private: advanced composition. It counts
    /// in rho, up to the largest that the tight conversion allows.</summary>
    /// <param name="epsilon">What they may cost together, above 0.</param>
    /// <param name="delta">The delta of the composition, above 0 and below 1.</param>
    /// <returns>The filter; a cost of epsilon_i is counted as epsilon_i^2 / 2.</returns>
    /// <remarks>Whitehouse, Ramdas, Rogers, Wu 2023 show that this rate holds for adaptively chosen epsilons.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or allows less than a nano-rho.</exception>
    public static PrivacyFilter OfMany(double epsilon, double delta)
    {
        long nanoRho = (long)Math.Min(long.MaxValue / 2, Math.Floor(PrivacyConversions.LargestRho(epsilon, delta) * PrivacyCost.UnitsPerEpsilon));
        return nanoRho > 0
            ? new PrivacyFilter(PrivacyCost.FromUnits(PrivacyMeasure.ZeroConcentrated, nanoRho))
            : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon and delta allow less than a rho of 1e-9");
    }

    /// <summary>Spends a cost if it fits.</summary>
    /// <param name="cost">The cost of a mechanism that has not run.</param>
    /// <returns>Whether it was spent; only then may the mechanism run.</returns>
    /// <exception cref="ArgumentException">The cost is 0, or the filter's measure cannot hold it.</exception>
    public bool TrySpend(PrivacyCost cost)
    {
        var asked = PrivacyOdometer.In(Budget.Measure, cost);

        // Differences, since a sum could exceed the range of the units.
        if (!asked.FitsIn(Left))
        {
            return false;
        }

        Spent += asked;
        return true;
    }
}
