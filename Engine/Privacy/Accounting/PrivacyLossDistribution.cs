namespace AkkaPrivacy.Engine.Privacy.Accounting;

/// <summary>
/// The distribution of the privacy loss ln(P(y) / Q(y)), y drawn from P, of a pair (P, Q) that dominates what mechanisms
/// give on neighbours; on a grid, and pessimistic: every delta that it states is at least the true one. For planning and
/// audit.
/// </summary>
/// <remarks>
/// <para>A mechanism enters by its exact curve of deltas. Joining the curve's points at the grid's epsilons by straight lines
/// in e^epsilon gives a pair with all losses on the grid that dominates the mechanism (Doroshenko, Ghazi, Kamath, Kumar,
/// Manurangsi 2022, "connect the dots"), and domination is kept by composition. Pairs here are symmetric: P of a loss x is
/// e^x times P of the loss -x, so one half is computed and the other follows.</para>
/// <para>Composition is a convolution, done directly: terms are positive, so sums keep their relative accuracy also far out
/// where a Fourier transform's rounding would drown them. Tails below 1e-18 are moved up, to the lowest loss kept or to
/// infinity. Deltas are raised by a relative 1e-7 for the rounding of doubles.</para>
/// <para>Instances are immutable.</para>
/// </remarks>
public sealed partial class PrivacyLossDistribution
{
    /// <summary>Distance of the grid's losses when none is named.</summary>
    public const double DefaultInterval = 0.002;

    private const double Tail = 1e-18;
    private const double Rounding = 1e-7;
    private const int MaxPoints = 1 << 20;

    private readonly double[] _masses;
    private readonly long _first;

    private PrivacyLossDistribution(double interval, long first, double[] masses, double infinite)
    {
        Interval = interval;
        _first = first;
        _masses = masses;
        InfinityMass = infinite;
    }

    /// <summary>Distance of the grid's losses.</summary>
    public double Interval { get; }

    /// <summary>The probability of an infinite loss: what no epsilon covers.</summary>
    public double InfinityMass { get; }

    /// <summary>How many losses are held.</summary>
    public int Points => _masses.Length;

    /// <summary>Gaussian noise on a real vector.</summary>
    /// <param name="ratio">L2 sensitivity / sigma, from 1e-3 to 100.</param>
    /// <param name="interval">Distance of the grid's losses. Default: <see cref="DefaultInterval"/>.</param>
    /// <returns>The distribution. The discrete Gaussian is not covered by it; its own bound is rho.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number, or the grid would have more
    /// than 2^20 points.</exception>
    public static PrivacyLossDistribution OfGaussian(double ratio, double interval = DefaultInterval)
    {
        Require(ratio >= 1e-3 && ratio <= 100, ratio, nameof(ratio), "sensitivity / sigma must be from 1e-3 to 100");
        double reach = (ratio * ratio / 2) + (9.5 * ratio);
        return OfCurve(epsilon => GaussianDelta(ratio, epsilon), reach, interval);
    }

    /// <summary>Laplace noise of scale sensitivity / epsilon on one real number.</summary>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to 100.</param>
    /// <param name="interval">Distance of the grid's losses. Default: <see cref="DefaultInterval"/>.</param>
    /// <returns>The distribution; a vector of numbers is covered by <see cref="OfPure"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static PrivacyLossDistribution OfLaplace(double epsilon, double interval = DefaultInterval)
    {
        RequireEpsilon(epsilon);
        return OfCurve(e => e >= epsilon ? 0 : 1 - Math.Exp((e - epsilon) / 2), epsilon, interval);
    }

    /// <summary>Any epsilon-private mechanism.</summary>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to 100.</param>
    /// <param name="interval">Distance of the grid's losses. Default: <see cref="DefaultInterval"/>.</param>
    /// <returns>The distribution: that of randomized response.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static PrivacyLossDistribution OfPure(double epsilon, double interval = DefaultInterval) => OfApproximate(epsilon, 0, interval);

    /// <summary>Any (epsilon, delta)-private mechanism.</summary>
    /// <param name="epsilon">From <see cref="PrivacyCost.MinEpsilon"/> to 100.</param>
    /// <param name="delta">0 or more and below 1.</param>
    /// <param name="interval">Distance of the grid's losses. Default: <see cref="DefaultInterval"/>.</param>
    /// <returns>The distribution: randomized response that fails with probability delta (Kairouz, Oh, Viswanath 2015).</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static PrivacyLossDistribution OfApproximate(double epsilon, double delta, double interval = DefaultInterval)
    {
        RequireEpsilon(epsilon);
        Require(delta >= 0 && delta < 1, delta, nameof(delta), "delta must be 0 or more and below 1");
        double yes = 1 / (1 + Math.Exp(-epsilon));
        return OfCurve(e => e >= epsilon ? delta : delta + ((1 - delta) * yes * (1 - Math.Exp(e - epsilon))), epsilon, interval);
    }

    /// <summary>The distribution of both mechanisms together.</summary>
    /// <param name="other">Another distribution of the same interval.</param>
    /// <returns>The composition.</returns>
    /// <exception cref="ArgumentException">The intervals differ, or the composition would have more than 2^20 points.</exception>
    public PrivacyLossDistribution Compose(PrivacyLossDistribution other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Interval != Interval)
        {
            throw new ArgumentException("The grids have different intervals.", nameof(other));
        }

        if (Points + (long)other.Points > MaxPoints)
        {
            throw new ArgumentException("The composition has too many losses: choose a larger interval.", nameof(other));
        }

        double infinite = InfinityMass + other.InfinityMass - (InfinityMass * other.InfinityMass);
        return Trimmed(Interval, _first + other._first, Convolution.Of(_masses, other._masses), infinite);
    }

    /// <summary>The distribution of several independent uses.</summary>
    /// <param name="times">1 or more.</param>
    /// <returns>The composition, by repeated squaring.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is used less than once.</exception>
    /// <exception cref="ArgumentException">The composition would have more than 2^20 points.</exception>
    public PrivacyLossDistribution Repeat(int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        PrivacyLossDistribution? result = null;
        for (var power = this; ; power = power.Compose(power))
        {
            result = (times & 1) == 0 ? result : result?.Compose(power) ?? power;
            times >>= 1;
            if (times == 0)
            {
                return result!;
            }
        }
    }

    /// <summary>The delta at an epsilon.</summary>
    /// <param name="epsilon">0 or more.</param>
    /// <returns>The sum over losses x above epsilon of (1 - e^(epsilon - x)) P(x), and the infinite losses; at most 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">epsilon is negative or not a number.</exception>
    public double Delta(double epsilon)
    {
        Require(epsilon >= 0, epsilon, nameof(epsilon), "epsilon must be 0 or more");
        double sum = 0;
        for (int i = _masses.Length - 1; i >= 0 && (_first + i) * Interval > epsilon; i--)
        {
            sum += _masses[i] * (1 - Math.Exp(epsilon - ((_first + i) * Interval)));
        }

        return Math.Min(1, (sum + InfinityMass) * (1 + Rounding));
    }

    /// <summary>The smallest epsilon with a delta of at most the given one.</summary>
    /// <param name="delta">Above 0 and below 1.</param>
    /// <returns>The epsilon, rounded up; infinity when the infinite losses alone exceed the delta.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The delta is out of range or not a number.</exception>
    public double Epsilon(double delta)
    {
        Require(delta > 0 && delta < 1, delta, nameof(delta), "delta must be above 0 and below 1");
        double high = Math.Max(0, (_first + _masses.Length) * Interval);
        if (Delta(high) > delta)
        {
            return double.PositiveInfinity;
        }

        double low = 0;
        for (int i = 0; i < 60 && Delta(low) > delta; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Delta(middle) <= delta ? (low, middle) : (middle, high);
        }

        return Delta(low) <= delta ? low : high;
    }

    /// <summary>The delta of Gaussian noise: Balle, Wang 2018, theorem 8.</summary>
    /// <param name="ratio">Sensitivity / sigma.</param>
    /// <param name="epsilon">The epsilon.</param>
    /// <returns>The delta.</returns>
    internal static double GaussianDelta(double ratio, double epsilon) => Math.Max(
        0, NormalTail.Upper((epsilon / ratio) - (ratio / 2)) - Math.Exp(epsilon + NormalTail.LogUpper((epsilon / ratio) + (ratio / 2))));

    // Points at 0, h, 2h, ... up to the first that is at least the reach; the curve's value there becomes infinite loss. The mass
    // at i h is y (slope after it - slope before it), where y = e^(i h) and slopes are taken in y.
    private static PrivacyLossDistribution OfCurve(Func<double, double> delta, double reach, double interval)
    {
        Require(interval >= 1e-6 && interval <= 1, interval, nameof(interval), "an interval must be from 1e-6 to 1");
        double count = Math.Ceiling(reach / interval);
        Require(count <= MaxPoints / 4, interval, nameof(interval), "the grid would have too many points: choose a larger interval");
        int last = Math.Max(1, (int)count);
        double[] curve = [.. Enumerable.Range(0, last + 1).Select(i => delta(i * interval))];
        double up = Math.Exp(interval) - 1;
        double down = 1 - Math.Exp(-interval);
        var masses = new double[(2 * last) + 1];
        double sides = 0;
        for (int i = last; i >= 1; i--)
        {
            double after = i == last ? 0 : (curve[i + 1] - curve[i]) / up;
            double mass = Math.Max(0, after - ((curve[i] - curve[i - 1]) / down));
            masses[last + i] = mass;
            masses[last - i] = mass * Math.Exp(-i * interval);
            sides += mass + masses[last - i];
        }

        masses[last] = Math.Max(0, 1 - sides - curve[last]);
        return Trimmed(interval, -last, masses, curve[last]);
    }

    private static PrivacyLossDistribution Trimmed(double interval, long first, double[] masses, double infinite)
    {
        int end = masses.Length;
        double above = 0;
        while (end > 1 && above + masses[end - 1] <= Tail)
        {
            above += masses[--end];
        }

        int begin = 0;
        double below = 0;
        while (begin < end - 1 && below + masses[begin] <= Tail)
        {
            below += masses[begin++];
        }

        double[] kept = masses[begin..end];
        kept[0] += below;
        return new PrivacyLossDistribution(interval, first + begin, kept, infinite + above);
    }

    private static void RequireEpsilon(double epsilon) =>
        Require(epsilon >= PrivacyCost.MinEpsilon && epsilon <= 100, epsilon, nameof(epsilon), "epsilon must be from 1e-6 to 100");

    private static void Require(bool holds, double value, string name, string message)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, message);
        }
    }
}
