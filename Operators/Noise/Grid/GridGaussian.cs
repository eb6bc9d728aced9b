using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Operators.Noise.Grid;

/// <summary>Gaussian noise on real numbers: each is rounded to a grid of a power of two and gets exact discrete Gaussian noise
/// there, calibrated to the sensitivity with rounding.</summary>
public sealed class GridGaussian
{
    private readonly DiscreteGaussian _noise;

    /// <summary>Calibrates the noise.</summary>
    /// <param name="sensitivity">The root of the sum of squares of what one subject can change of all values noised under the
    /// cost, before rounding (L2); from 1e-250 to 1e250.</param>
    /// <param name="nanoRho">The loss in nano-rho, from 1 to <see cref="DiscreteGaussian.MaxNanoRho"/>.</param>
    /// <param name="values">How many values one subject can change, 1 to 1,000,000. Default: 1. Each is rounded by itself.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range or not a number.</exception>
    public GridGaussian(double sensitivity, long nanoRho, int values = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(values, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(nanoRho, 1);
        Grid = RealGrid.For(sensitivity, sensitivity / Math.Sqrt(2.0 * nanoRho / PrivacyCost.UnitsPerEpsilon));

        // Rounding adds a vector of less than a unit in each changed value, of length below the root of their number; a
        // unit more covers both floors.
        UInt128 units = (UInt128)Grid.Contributions(sensitivity) + (UInt128)Math.Ceiling(Math.Sqrt(values)) + 1;
        SensitivityUnits = units;
        _noise = new DiscreteGaussian(units * units, nanoRho);
    }

    /// <summary>The grid.</summary>
    public RealGrid Grid { get; }

    /// <summary>The sensitivity with rounding, in units of the grid.</summary>
    public UInt128 SensitivityUnits { get; }

    /// <summary>The standard deviation of the noise.</summary>
    public double StandardDeviation => _noise.StandardDeviation * Grid.Unit;

    /// <summary>The half width of a confidence interval around a noised value; rounding included.</summary>
    /// <param name="confidence">Above 0 and below 1.</param>
    /// <returns>The half width.</returns>
    public double HalfWidth(double confidence) => (_noise.HalfWidth(confidence) + 0.5) * Grid.Unit;

    /// <summary>Rounds a value and adds noise.</summary>
    /// <param name="value">A finite number of at most 2^62 units.</param>
    /// <param name="bits">Where the bits come from; a cryptographic source for anything that is released.</param>
    /// <returns>A multiple of the grid's unit, rounded to a double.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite or too large.</exception>
    /// <exception cref="OverflowException">The sum exceeds 64 bits.</exception>
    public double AddNoise(double value, RandomBits bits) => Grid.Value(checked(Grid.Round(value) + _noise.Sample(bits)));
}
