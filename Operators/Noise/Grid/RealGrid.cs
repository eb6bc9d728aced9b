namespace AkkaPrivacy.Operators.Noise.Grid;

/// <summary>
/// The multiples of a power of two, on which real numbers are noised: rounding to them and back is exact but for the
/// rounding itself, so that no bit of the result depends on more than the rounded number.
/// </summary>
public sealed class RealGrid
{
    private const int SensitivityBits = 39;
    private const int ScaleBits = 49;
    private const double Smallest = 1e-250;
    private const double Largest = 1e250;
    private const double MostUnits = 1L << 62;

    private readonly int _exponent;

    private RealGrid(int exponent) => _exponent = exponent;

    /// <summary>The distance of two neighbours.</summary>
    public double Unit => Math.ScaleB(1, _exponent);

    /// <summary>The finest grid on which a sensitivity is at most 2^39 units and a scale at most 2^49.</summary>
    /// <param name="sensitivity">From 1e-250 to 1e250.</param>
    /// <param name="scale">The noise's scale or sigma, in the same units and range.</param>
    /// <returns>The grid.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public static RealGrid For(double sensitivity, double scale)
    {
        Require(sensitivity, nameof(sensitivity));
        Require(scale, nameof(scale));
        return new RealGrid(Math.Max(Exponent(sensitivity, SensitivityBits), Exponent(scale, ScaleBits)));
    }

    /// <summary>The nearest multiple, in units; halves go to the even one.</summary>
    /// <param name="value">A finite number.</param>
    /// <returns>The number of units.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite, or has more than 2^62 units.</exception>
    public long Round(double value)
    {
        double units = Math.Round(Math.ScaleB(value, -_exponent), MidpointRounding.ToEven);
        return Math.Abs(units) <= MostUnits
            ? (long)units
            : throw new ArgumentOutOfRangeException(nameof(value), "a value on the grid is finite and has at most 2^62 units");
    }

    /// <summary>A bounded contribution in units, rounded towards 0, so that its magnitude is at most that of the bound: sums of
    /// such integers have exactly the sensitivity <see cref="Contributions"/>, whatever the order of adding.</summary>
    /// <param name="value">A number; not a number counts as 0, infinities as the bound.</param>
    /// <param name="bound">The largest magnitude, above 0.</param>
    /// <returns>The number of units.</returns>
    public long Contribution(double value, double bound) =>
        double.IsNaN(value) ? 0 : (long)Math.Truncate(Math.ScaleB(Math.Clamp(value, -bound, bound), -_exponent));

    /// <summary>The number that so many units are.</summary>
    /// <param name="units">The units.</param>
    /// <returns>The number, rounded to a double.</returns>
    public double Value(long units) => Math.ScaleB(units, _exponent);

    /// <summary>The sensitivity, in units, of a sum of <see cref="Contribution"/>s.</summary>
    /// <param name="bound">The bound of each subject's contribution.</param>
    /// <returns>floor(bound / unit).</returns>
    public long Contributions(double bound) => (long)Math.Floor(Math.ScaleB(bound, -_exponent));

    /// <summary>The sensitivity, in units, of a real number that is rounded once: rounding two numbers moves them apart by
    /// less than a unit more.</summary>
    /// <param name="sensitivity">The real sensitivity.</param>
    /// <returns>floor(sensitivity / unit) + 1.</returns>
    public long Rounded(double sensitivity) => Contributions(sensitivity) + 1;

    // The smallest e with value <= 2^(e + bits).
    private static int Exponent(double value, int bits)
    {
        int exponent = Math.ILogB(value) - bits;
        return Math.ScaleB(value, -exponent) > 1L << bits ? exponent + 1 : exponent;
    }

    private static void Require(double value, string name)
    {
        if (!(value >= Smallest && value <= Largest))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {Smallest:R} to {Largest:R}");
        }
    }
}
