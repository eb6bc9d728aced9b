using AkkaPrivacy.Operators.Noise;

namespace AkkaPrivacy.LoadTests.Compare.Noise;

/// <summary>One way to fill a block with noise, and how many random bytes it took.</summary>
/// <param name="fill">Fills the block.</param>
internal sealed class NoiseWorkload(Action<long[], RandomBits> fill) : IDisposable
{
    private const int Samples = 65_536;

    private readonly long[] _noise = new long[Samples];
    private readonly CountingRandomSource _source = new();
    private RandomBits? _bits;
    private long _drawn;

    /// <summary>Random bytes asked of the operating system for each sample so far.</summary>
    public double? RandomBytes => _drawn == 0 ? null : (double)_source.Bytes / _drawn;

    /// <summary>The samples of the last pass.</summary>
    public ReadOnlySpan<long> Noise => _noise;

    /// <summary>Fills the block.</summary>
    /// <returns>The number of samples.</returns>
    public long Pass()
    {
        fill(_noise, _bits ??= new RandomBits(_source));
        _drawn += Samples;
        return Samples;
    }

    public void Dispose() => _bits?.Dispose();

    /// <summary>Laplace noise by inverting its distribution function on a double: fast, and not private (Mironov 2012).</summary>
    /// <param name="scale">The scale.</param>
    /// <returns>The workload.</returns>
    public static NoiseWorkload TextbookLaplace(double scale) => new((noise, bits) =>
    {
        for (int i = 0; i < noise.Length; i++)
        {
            double u = Uniform(bits) - 0.5;
            noise[i] = (long)Math.Round(-scale * Math.Sign(u) * Math.Log(1 - (2 * Math.Abs(u))));
        }
    });

    /// <summary>Gaussian noise by Box and Muller's transform on doubles, which inverts the radius' distribution function: fast,
    /// and not private.</summary>
    /// <param name="sigma">The standard deviation.</param>
    /// <returns>The workload.</returns>
    public static NoiseWorkload TextbookGaussian(double sigma) => new((noise, bits) =>
    {
        for (int i = 0; i < noise.Length; i += 2)
        {
            double radius = sigma * Math.Sqrt(-2 * Math.Log(1 - Uniform(bits)));
            (double sin, double cos) = Math.SinCos(2 * Math.PI * Uniform(bits));
            noise[i] = (long)Math.Round(radius * cos);
            noise[i + 1] = (long)Math.Round(radius * sin);
        }
    });

    private static double Uniform(RandomBits bits) => (bits.NextWord() >> 11) * (1.0 / (1UL << 53));
}
