using System.CommandLine;
using AkkaPrivacy.LoadTests.Measuring;
using AkkaPrivacy.Operators.Noise;

namespace AkkaPrivacy.LoadTests.Compare.Noise;

/// <summary><c>compare noise</c>: exact discrete noise beside the textbook's on doubles.</summary>
internal static class NoiseComparison
{
    // Sampled figures lie within this of the stated standard deviation, by far, unless a sampler is wrong.
    private const double Tolerance = 0.1;

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand() => new ComparisonCommand(
        "noise",
        "Draw noise on integers from the operating system's cryptographic randomness, on one thread.",
        """

        laplace-10       exact discrete Laplace of scale 10
        laplace-1e6      the same of scale 1,000,000
        gaussian-10      exact discrete Gaussian of sigma 10
        gaussian-1e6     the same of sigma 1,000,000
        double-laplace   baseline: the textbook's inverse of the distribution function on doubles, rounded; not private
        double-gaussian  baseline: Box and Muller's transform on doubles, rounded; not private

        All read 64-bit words in blocks of 4 KiB. The column of random bytes is what was asked of the operating system.
        """,
        _ => Contenders());

    private static List<Contender> Contenders() =>
    [
        Exact("laplace-10", ContenderRole.Subject, new DiscreteLaplace(10, 1_000_000_000)),
        Exact("laplace-1e6", ContenderRole.Variant, new DiscreteLaplace(1_000_000, 1_000_000_000)),
        Exact("gaussian-10", ContenderRole.Variant, new DiscreteGaussian(100, 500_000_000)),
        Exact("gaussian-1e6", ContenderRole.Variant, new DiscreteGaussian(1_000_000_000_000, 500_000_000)),
        Of("double-laplace", ContenderRole.Baseline, NoiseWorkload.TextbookLaplace(10), 10 * Math.Sqrt(2)),
        Of("double-gaussian", ContenderRole.Baseline, NoiseWorkload.TextbookGaussian(10), 10),
    ];

    private static Contender Exact(string name, ContenderRole role, DiscreteLaplace noise) =>
        Of(name, role, new NoiseWorkload((block, bits) => noise.Fill(block, bits)), noise.StandardDeviation);

    private static Contender Exact(string name, ContenderRole role, DiscreteGaussian noise) =>
        Of(name, role, new NoiseWorkload((block, bits) => noise.Fill(block, bits)), noise.StandardDeviation);

    // A sampler that is fast and wrong would win.
    private static Contender Of(string name, ContenderRole role, NoiseWorkload workload, double deviation)
    {
        workload.Pass();
        double squares = 0;
        foreach (long x in workload.Noise)
        {
            squares += (double)x * x;
        }

        double found = Math.Sqrt(squares / workload.Noise.Length);
        return Math.Abs((found / deviation) - 1) < Tolerance
            ? new Contender(name, role, workload.Pass) { RandomBytesPerEvent = () => workload.RandomBytes }
            : throw new InvalidOperationException($"{name} has a standard deviation of {found:R} instead of {deviation:R}.");
    }
}
