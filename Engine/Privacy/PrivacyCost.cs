using System.Globalization;

namespace AkkaPrivacy.Engine.Privacy;

/// <summary>
/// A privacy loss in integer units, so that sums are exact and a budget can be exhausted to the last unit.
/// Conversions from real numbers round up.
/// </summary>
/// <remarks>
/// For <see cref="PrivacyMeasure.Pure"/> <see cref="Loss"/> is nano-epsilon and <see cref="AttoDelta"/> is 0; for
/// <see cref="PrivacyMeasure.Approximate"/> both are used; for <see cref="PrivacyMeasure.ZeroConcentrated"/>
/// <see cref="Loss"/> is nano-rho and <see cref="AttoDelta"/> that of approximate zCDP. A pure cost fits into an approximate
/// account as (epsilon, 0), and both into a zero-concentrated one with rho = epsilon^2 / 2.
/// </remarks>
public readonly record struct PrivacyCost : IComparable<PrivacyCost>
{
    /// <summary>Units in an epsilon or a rho of 1.</summary>
    public const long UnitsPerEpsilon = 1_000_000_000;

    /// <summary>Units in a delta of 1.</summary>
    public const long UnitsPerDelta = 1_000_000_000_000_000_000;

    /// <summary>The smallest epsilon that options accept.</summary>
    public const double MinEpsilon = 1e-6;

    /// <summary>The largest epsilon that options accept; above 10 the plan warns.</summary>
    public const double MaxEpsilon = 1e6;

    /// <summary>The smallest rho that options accept.</summary>
    public const double MinRho = 1e-9;

    /// <summary>The largest rho that options accept.</summary>
    public const double MaxRho = 1e6;

    /// <summary>The smallest delta above 0 that options accept.</summary>
    public const double MinDelta = 1e-15;

    /// <summary>The largest delta that options accept.</summary>
    public const double MaxDelta = 0.01;

    private PrivacyCost(PrivacyMeasure measure, long loss, long attoDelta)
    {
        Measure = measure;
        Loss = loss;
        AttoDelta = attoDelta;
    }

    /// <summary>How the loss is measured.</summary>
    public PrivacyMeasure Measure { get; }

    /// <summary>Nano-epsilon or nano-rho, 0 or more.</summary>
    public long Loss { get; }

    /// <summary>Delta in units of 1e-18, 0 or more; 0 for pure costs.</summary>
    public long AttoDelta { get; }

    /// <summary>Epsilon (or rho) as a number, for display.</summary>
    public double Epsilon => (double)Loss / UnitsPerEpsilon;

    /// <summary>Delta as a number, for display.</summary>
    public double Delta => (double)AttoDelta / UnitsPerDelta;

    /// <summary>Whether nothing is charged.</summary>
    public bool IsZero => Loss == 0 && AttoDelta == 0;

    /// <summary>Nothing, in the given measure.</summary>
    /// <param name="measure">The measure.</param>
    /// <returns>A cost of 0.</returns>
    public static PrivacyCost Zero(PrivacyMeasure measure) => new(measure, 0, 0);

    /// <summary>A cost from its integer units, as stored.</summary>
    /// <param name="measure">The measure.</param>
    /// <param name="loss">Nano-epsilon or nano-rho, 0 or more.</param>
    /// <param name="attoDelta">Delta in units of 1e-18, 0 to 1e18; 0 for a pure cost.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A unit is out of range.</exception>
    public static PrivacyCost FromUnits(PrivacyMeasure measure, long loss, long attoDelta = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(loss);
        ArgumentOutOfRangeException.ThrowIfNegative(attoDelta);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(attoDelta, measure == PrivacyMeasure.Pure ? 0 : UnitsPerDelta);
        return new PrivacyCost(measure, loss, attoDelta);
    }

    /// <summary>A pure epsilon, rounded up to the next nano-epsilon.</summary>
    /// <param name="epsilon">From <see cref="MinEpsilon"/> to <see cref="MaxEpsilon"/>.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range or not a number.</exception>
    public static PrivacyCost Pure(double epsilon) => new(PrivacyMeasure.Pure, LossUnits(epsilon), 0);

    /// <summary>An (epsilon, delta) pair, each rounded up.</summary>
    /// <param name="epsilon">From <see cref="MinEpsilon"/> to <see cref="MaxEpsilon"/>.</param>
    /// <param name="delta">0, or from <see cref="MinDelta"/> to <see cref="MaxDelta"/>.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range or not a number.</exception>
    public static PrivacyCost Approximate(double epsilon, double delta) =>
        new(PrivacyMeasure.Approximate, LossUnits(epsilon), DeltaUnits(delta));

    /// <summary>A rho, and a delta for what holds except with that probability; each rounded up.</summary>
    /// <param name="rho">From <see cref="MinRho"/> to <see cref="MaxRho"/>.</param>
    /// <param name="delta">0, or from <see cref="MinDelta"/> to <see cref="MaxDelta"/>. Default: 0.</param>
    /// <returns>The cost.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range or not a number.</exception>
    public static PrivacyCost ZeroConcentrated(double rho, double delta = 0) =>
        new(PrivacyMeasure.ZeroConcentrated, RhoUnits(rho), DeltaUnits(delta));

    /// <summary>Adds two costs, in the measure that can hold both (<see cref="ConvertTo"/>).</summary>
    /// <param name="left">A cost.</param>
    /// <param name="right">A cost.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="OverflowException">The sum exceeds the range of the units.</exception>
    public static PrivacyCost operator +(PrivacyCost left, PrivacyCost right)
    {
        var measure = left.Measure > right.Measure ? left.Measure : right.Measure;
        var (a, b) = (left.ConvertTo(measure), right.ConvertTo(measure));
        return a is { } first && b is { } second
            ? new PrivacyCost(measure, checked(first.Loss + second.Loss), checked(first.AttoDelta + second.AttoDelta))
            : throw new OverflowException($"The sum of {left} and {right} exceeds what can be counted.");
    }

    /// <summary>A cost charged <paramref name="times"/> times.</summary>
    /// <param name="cost">The cost.</param>
    /// <param name="times">0 or more.</param>
    /// <returns>The product.</returns>
    public static PrivacyCost operator *(PrivacyCost cost, int times) =>
        new(cost.Measure, checked(cost.Loss * times), checked(cost.AttoDelta * times));

    /// <summary>Whether this cost is at most <paramref name="budget"/> in every unit.</summary>
    /// <param name="budget">What may be spent.</param>
    /// <returns>True when it fits.</returns>
    public bool FitsIn(PrivacyCost budget) => Loss <= budget.Loss && AttoDelta <= budget.AttoDelta;

    /// <summary>What is left of this budget after <paramref name="spent"/>, not below 0.</summary>
    /// <param name="spent">What was spent.</param>
    /// <returns>The rest.</returns>
    public PrivacyCost Less(PrivacyCost spent) =>
        new(Measure, Math.Max(0, Loss - spent.Loss), Math.Max(0, AttoDelta - spent.AttoDelta));

    /// <summary>The same loss as an account of <paramref name="measure"/> counts it, rounded up.</summary>
    /// <param name="measure">The account's measure.</param>
    /// <returns>The converted cost, or null when the measure cannot hold it without a choice of delta, or its units are too
    /// many to be counted.</returns>
    /// <remarks>(epsilon, delta) is delta-approximately (epsilon^2 / 2)-zero-concentrated: Bun and Steinke 2016,
    /// propositions 1.4 and section 8. Convert each cost before adding: squares of sums are larger than sums of squares.</remarks>
    public PrivacyCost? ConvertTo(PrivacyMeasure measure) => (Measure, measure) switch
    {
        _ when Measure == measure => this,
        (PrivacyMeasure.Pure, PrivacyMeasure.Approximate) => new PrivacyCost(measure, Loss, 0),
        (_, PrivacyMeasure.ZeroConcentrated) => HalfSquare(Loss) is { } rho ? new PrivacyCost(measure, rho, AttoDelta) : null,
        _ => null,
    };

    /// <summary>Orders costs of one measure by loss, then by delta.</summary>
    /// <param name="other">The other cost.</param>
    /// <returns>As <see cref="IComparable{T}.CompareTo"/>.</returns>
    public int CompareTo(PrivacyCost other) =>
        Loss != other.Loss ? Loss.CompareTo(other.Loss) : AttoDelta.CompareTo(other.AttoDelta);

    /// <inheritdoc />
    public override string ToString() => Measure switch
    {
        PrivacyMeasure.Pure => string.Create(CultureInfo.InvariantCulture, $"epsilon {Epsilon:0.#########}"),
        PrivacyMeasure.Approximate => string.Create(CultureInfo.InvariantCulture, $"epsilon {Epsilon:0.#########}, delta {DeltaText}"),
        _ when AttoDelta == 0 => string.Create(CultureInfo.InvariantCulture, $"rho {Epsilon:0.#########}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"rho {Epsilon:0.#########}, delta {DeltaText}"),
    };

    private string DeltaText => AttoDelta == 0 ? "0" : Delta.ToString("0.###e-0", CultureInfo.InvariantCulture);

    // nano-epsilon^2 / 2 in units of 1e-18, as nano-rho: both divisions round up.
    private static long? HalfSquare(long nanoEpsilon)
    {
        var square = (UInt128)(ulong)nanoEpsilon * (ulong)nanoEpsilon;
        var rho = (square + (2 * UnitsPerEpsilon) - 1) / (2 * UnitsPerEpsilon);
        return rho <= long.MaxValue ? (long)rho : null;
    }

    // Decimal holds 1e-6 * 1e9 and 1e6 * 1e9 exactly where a double product would round to either side.
    private static long LossUnits(double epsilon) =>
        epsilon is >= MinEpsilon and <= MaxEpsilon
            ? (long)decimal.Ceiling((decimal)epsilon * UnitsPerEpsilon)
            : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"epsilon must be from {MinEpsilon:R} to {MaxEpsilon:R}");

    private static long RhoUnits(double rho) =>
        rho is >= MinRho and <= MaxRho
            ? (long)decimal.Ceiling((decimal)rho * UnitsPerEpsilon)
            : throw new ArgumentOutOfRangeException(nameof(rho), rho, $"rho must be from {MinRho:R} to {MaxRho:R}");

    private static long DeltaUnits(double delta) =>
        delta is 0 or (>= MinDelta and <= MaxDelta)
            ? (long)decimal.Ceiling((decimal)delta * UnitsPerDelta)
            : throw new ArgumentOutOfRangeException(nameof(delta), delta, $"delta must be 0 or from {MinDelta:R} to {MaxDelta:R}");
}
