namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>
/// What releases come to together, more tightly than the ledger adds them up: by privacy loss distributions and by Renyi losses. For plans and
/// audits: the releases and their costs are fixed beforehand. No budget is checked against it.
/// </summary>
/// <remarks>A pure cost enters as randomized response, which dominates every mechanism of that epsilon, or as discrete Laplace noise on one
/// number where that is what it is; a zero-concentrated cost by its rho; deltas add up. One instance belongs to one thread at a time.</remarks>
public sealed class TightComposition
{
    // Convolutions take the square of the number of points.
    private const int Points = 3_000;

    private const double MostRho = 1_000;

    private readonly Dictionary<(double Epsilon, long Sensitivity), int> _pure = [];
    private double _rho;
    private double _delta;

    /// <summary>The sum of the deltas that were added; no smaller delta can be stated.</summary>
    public double Delta => _delta;

    /// <summary>Adds releases of any mechanism with this cost.</summary>
    /// <param name="cost">The cost of one.</param>
    /// <param name="times">How many, 1 or more. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are fewer than one.</exception>
    public void Add(PrivacyCost cost, int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        _delta += times * cost.Delta;
        if (cost.Loss == 0)
        {
            return;
        }

        if (cost.Measure == PrivacyMeasure.ZeroConcentrated)
        {
            _rho += times * cost.Epsilon;
            return;
        }

        AddPure(cost.Epsilon, 0, times);
    }

    /// <summary>Adds releases of one number each with exact discrete Laplace noise.</summary>
    /// <param name="sensitivity">By how much a subject changes the number, in units; 1 or more.</param>
    /// <param name="cost">The pure cost of one.</param>
    /// <param name="times">How many, 1 or more. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range, or the cost is not pure.</exception>
    public void AddDiscreteLaplace(long sensitivity, PrivacyCost cost, int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sensitivity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(cost.Measure, PrivacyMeasure.Pure);
        AddPure(cost.Epsilon, sensitivity, times);
    }

    /// <summary>States the sum at a delta.</summary>
    /// <param name="beyond">What the delta may be beyond <see cref="Delta"/>; above 0 and below 1. Default:
    /// <see cref="PrivacyConversions.ReportedDelta"/>.</param>
    /// <returns>The epsilons.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delta is out of range or not a number.</exception>
    public ComposedLoss State(double beyond = PrivacyConversions.ReportedDelta)
    {
        return new ComposedLoss(_delta + beyond, ByDistributions(beyond), ByRenyi(beyond));
    }

    private double ByRenyi(double delta)
    {
        if (_rho > PrivacyCost.MaxRho || _pure.Keys.Any(key => key.Epsilon > PrivacyCost.MaxEpsilon))
        {
            return double.PositiveInfinity;
        }

        var renyi = new RenyiAccountant();
        foreach (var ((epsilon, _), times) in _pure)
        {
            renyi.Add(RenyiCurve.OfPure(epsilon), times);
        }

        if (_rho > 0)
        {
            renyi.Add(RenyiCurve.OfZeroConcentrated(_rho));
        }

        return renyi.Epsilon(delta);
    }

    // Curves begin at the smallest epsilon of options; a smaller one may be stated as that.
    private void AddPure(double epsilon, long sensitivity, int times)
    {
        var key = (Math.Max(epsilon, PrivacyCost.MinEpsilon), sensitivity);
        _pure[key] = checked(_pure.GetValueOrDefault(key) + times);
    }

    private double? ByDistributions(double delta)
    {
        var reach = _pure.Sum(pair => pair.Key.Epsilon * pair.Value) + (_rho > 0 ? PrivacyLossDistribution.ReachOf(_rho) : 0);
        if (reach == 0)
        {
            return 0;
        }

        // Beyond that, numbers are as good as exact, and a grid says nothing.
        if (reach > Points || _rho > MostRho || _pure.Keys.Any(key => key.Epsilon > 100))
        {
            return null;
        }

        var interval = Math.Clamp(reach / Points, 1e-6, 1);
        PrivacyLossDistribution? sum = _rho > 0 ? PrivacyLossDistribution.OfZeroConcentrated(_rho, interval) : null;
        foreach (var ((epsilon, sensitivity), times) in _pure)
        {
            var one = sensitivity > 0 ? PrivacyLossDistribution.OfDiscreteLaplace(sensitivity, epsilon, interval) : PrivacyLossDistribution.OfPure(epsilon, interval);
            var all = one.Repeat(times);
            sum = sum?.Compose(all) ?? all;
        }

        return sum!.Epsilon(delta);
    }
}

/// <summary>What releases come to at a delta. Both epsilons hold; the smaller one may be stated.</summary>
/// <param name="Delta">The delta.</param>
/// <param name="ByDistributions">The epsilon by privacy loss distributions; null when the loss is too large for them.</param>
/// <param name="ByRenyi">The epsilon by Renyi losses.</param>
public sealed record ComposedLoss(double Delta, double? ByDistributions, double ByRenyi)
{
    /// <summary>The smaller one.</summary>
    public double Epsilon => Math.Min(ByDistributions ?? double.PositiveInfinity, ByRenyi);
}
