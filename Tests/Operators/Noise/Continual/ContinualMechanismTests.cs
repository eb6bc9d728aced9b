using System.Numerics;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Noise.Continual;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise.Continual;

public class ContinualMechanismTests
{
    // A contribution of 1 at rho 1/2 is noised with sigma 1 by itself.
    private const long HalfRho = 500_000_000;

    [Fact]
    public void The_largest_deviations_over_a_thousand_steps_are_the_published_ones()
    {
        var request = new ContinualRequest(1000, 1, 1_000_000, HalfRho);

        Assert.Equal(7.28, new TreeMechanism(request).LargestStandardDeviation / 1000, 0.01);
        Assert.Equal(3.265, new ToeplitzMechanism(request).LargestStandardDeviation / 1000, 0.001);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sampled_errors_have_the_stated_deviation(bool isTree)
    {
        // The largest error of a thousand steps stands at step 511 of the tree and at the last step of the factorisation.
        // 2% in the long form; in the short one 4.4 standard errors of a deviation.
        bool isLong = Environment.GetEnvironmentVariable("AKKAPRIVACY_LONG") == "1";
        int runs = isLong ? 60_000 : 2_000;
        double tolerance = isLong ? 0.02 : 4.4 / Math.Sqrt(2 * runs);
        int step = isTree ? 511 : 1000;
        var request = new ContinualRequest(1000, 1, 1_000_000, HalfRho);
        ContinualMechanism mechanism = isTree ? new TreeMechanism(request) : new ToeplitzMechanism(request);
        using var bits = new RandomBits(new SeededRandomSource(17));
        double squares = 0;
        int covered = 0;
        for (int run = 0; run < runs; run++)
        {
            double error = Error(mechanism, step, bits);
            squares += error * error;
            covered += Math.Abs(error) <= mechanism.HalfWidth(step, 0.9) ? 1 : 0;
        }

        double theory = 1000 * (isTree ? 7.2813 : 3.2650);
        Assert.InRange(Math.Sqrt(squares / runs) / theory, 1 - tolerance, 1 + tolerance);
        Assert.InRange(mechanism.LargestStandardDeviation / theory, 0.999, 1.001);
        Assert.InRange((double)covered / runs, 0.9 - (0.45 * tolerance), 0.9 + (0.45 * tolerance));
    }

    public static TheoryData<int, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<int, int>();
            foreach (int steps in new[] { 1, 2, 3, 7, 8, 9 })
            {
                for (int windows = 1; windows <= steps; windows++)
                {
                    shapes.Add(steps, windows);
                }
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void No_pattern_of_participations_exceeds_the_sensitivity(int steps, int windows)
    {
        // Every set of at most W steps, every sign: what a subject can change of what is noised.
        var request = new ContinualRequest(steps, windows, 1, HalfRho);
        long[] coefficients = ToeplitzMechanism.Coefficients(steps);
        (UInt128 tree, UInt128 toeplitz) = (0, 0);
        foreach (int[] pattern in Patterns(steps, windows))
        {
            tree = UInt128.Max(tree, TreeSquares(pattern));
            toeplitz = UInt128.Max(toeplitz, ToeplitzSquares(pattern, coefficients));
        }

        Assert.Equal(tree, TreeMechanism.PatternSquares(request));
        Assert.Equal(toeplitz, ToeplitzMechanism.PatternSquares(request));
        Assert.Equal(tree, new TreeMechanism(request).Noise.SquaredSensitivity);
        Assert.Equal(toeplitz, new ToeplitzMechanism(request).Noise.SquaredSensitivity);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Totals_are_unbiased_and_exact_without_noise(bool isTree)
    {
        // At a rho of a million a contribution of 1 has no noise to speak of.
        foreach (int steps in new[] { 1, 2, 63, 64, 65, 300 })
        {
            var request = new ContinualRequest(steps, 1, 1, DiscreteGaussian.MaxNanoRho);
            ContinualMechanism mechanism = isTree ? new TreeMechanism(request) : new ToeplitzMechanism(request);
            using var bits = new RandomBits(new SeededRandomSource(2));
            RunningTotal total = mechanism.Start();
            long sum = 0;
            for (int i = 1; i <= steps; i++)
            {
                sum += (i * 37 % 1000) - 200;
                total.Add((i * 37 % 1000) - 200, bits);
                Assert.Equal(sum, total.Estimate, 0.05);
            }

            Assert.Throws<InvalidOperationException>(() => total.Add(1, bits));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_saved_total_goes_on_as_if_nothing_had_been(bool isTree)
    {
        var request = new ContinualRequest(20, 2, 25, 10_000_000);
        var (tree, toeplitz) = (new TreeMechanism(request), new ToeplitzMechanism(request));
        for (int stop = 0; stop < 20; stop++)
        {
            using var one = new RandomBits(new SeededRandomSource(3));
            using var other = new RandomBits(new SeededRandomSource(3));
            RunningTotal straight = isTree ? tree.Start() : toeplitz.Start();
            RunningTotal stopped = isTree ? tree.Start() : toeplitz.Start();
            for (int i = 0; i < 20; i++)
            {
                if (i == stop)
                {
                    stopped = isTree ? tree.Resume(stopped.Save()) : toeplitz.Resume(stopped.Save());
                }

                straight.Add(i * 5, one);
                stopped.Add(i * 5, other);
                Assert.Equal(straight.Estimate, stopped.Estimate);
            }
        }

        Assert.Throws<FormatException>(() => tree.Resume([3, 0, 5, 0]));
        Assert.Throws<FormatException>(() => tree.Resume([]));
        Assert.Throws<FormatException>(() => toeplitz.Resume([1]));
    }

    [Fact]
    public void The_plan_takes_the_better_and_says_why()
    {
        var many = ContinualPlan.Choose(new ContinualRequest(1000, 1, 1, 1_000_000));
        Assert.IsType<ToeplitzMechanism>(many.Mechanism);
        Assert.Contains("square-root factorisation: largest standard deviation 73", many.Reason);
        Assert.Contains("with a tree", many.Reason);

        var one = ContinualPlan.Choose(new ContinualRequest(1, 1, 1, 1_000_000));
        Assert.IsType<TreeMechanism>(one.Mechanism);
        var huge = ContinualPlan.Choose(new ContinualRequest(4, 1, (UInt128)1 << 90, 1_000_000_000));
        Assert.Contains("would not fit", huge.Reason);
        Assert.Throws<ArgumentOutOfRangeException>(() => ContinualPlan.Choose(new ContinualRequest(4, 4, (UInt128)1 << 100, 1)));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(10, 0, 1)]
    [InlineData(10, 11, 1)]
    [InlineData(10, 1, 0)]
    [InlineData(1 << 15, 1, 1)]
    public void Requests_out_of_range_are_refused(int steps, int windows, long rho) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContinualRequest(steps, windows, 1, rho));

    private static double Error(ContinualMechanism mechanism, int steps, RandomBits bits)
    {
        if (mechanism is ToeplitzMechanism toeplitz)
        {
            // Encoding zeros step by step would take most of the time.
            var state = new long[2 * steps];
            toeplitz.Noise.Fill(state.AsSpan(steps), bits);
            return toeplitz.Resume(state).Estimate;
        }

        RunningTotal total = mechanism.Start();
        for (int i = 0; i < steps; i++)
        {
            total.Add(0, bits);
        }

        return total.Estimate;
    }

    private static IEnumerable<int[]> Patterns(int steps, int windows)
    {
        int[] signs = [0, 1, -1];
        for (int code = 0; code < (int)Math.Pow(3, steps); code++)
        {
            int[] pattern = [.. Enumerable.Range(0, steps).Select(i => signs[code / (int)Math.Pow(3, i) % 3])];
            if (pattern.Count(sign => sign != 0) <= windows)
            {
                yield return pattern;
            }
        }
    }

    private static UInt128 TreeSquares(int[] pattern)
    {
        UInt128 sum = 0;
        for (int size = 1; size <= pattern.Length; size *= 2)
        {
            for (int start = 0; start + size <= pattern.Length; start += size)
            {
                int block = pattern.Skip(start).Take(size).Sum();
                sum += (UInt128)(block * block);
            }
        }

        return sum;
    }

    private static UInt128 ToeplitzSquares(int[] pattern, long[] coefficients)
    {
        BigInteger sum = 0;
        for (int t = 0; t < pattern.Length; t++)
        {
            BigInteger row = 0;
            for (int s = 0; s <= t; s++)
            {
                row += pattern[s] * (BigInteger)coefficients[t - s];
            }

            sum += row * row;
        }

        return (UInt128)sum;
    }
}
