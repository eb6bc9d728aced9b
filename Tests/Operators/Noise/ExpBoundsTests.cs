using System.Numerics;
using AkkaPrivacy.Operators.Noise;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

public class ExpBoundsTests
{
    // e and 1/e to 60 decimals.
    private static readonly BigInteger E = BigInteger.Parse("2718281828459045235360287471352662497757247093699959574966967");
    private static readonly BigInteger InverseE = BigInteger.Parse("367879441171442321595523770161460867445811131031767834507836");
    private static readonly BigInteger Unit = BigInteger.Pow(10, 60);

    [Fact]
    public void The_bounds_hold_e_and_its_inverse()
    {
        AssertAround(E, ExpBounds.Positive(1, 1, 128));
        AssertAround(InverseE, ExpBounds.Negative(1, 1, 128));
        AssertAround(E, ExpBounds.Positive(12_345_678_901, 12_345_678_901, 128));
    }

    [Fact]
    public void The_bounds_agree_with_each_other_and_with_doubles()
    {
        foreach ((long numerator, long denominator) in new[] { (0L, 1L), (1L, 1L << 40), (1L, 3L), (7L, 2L), (100L, 3L), (89L, 1L), (1000L, 1L) })
        {
            (BigInteger low, BigInteger high) = ExpBounds.Negative(numerator, denominator, 192);
            (BigInteger growthLow, BigInteger growthHigh) = ExpBounds.Positive(numerator, denominator, 192);
            Assert.InRange((long)(high - low), 0, 3);
            Assert.True(low * growthLow <= BigInteger.One << 384);
            Assert.True(high * growthHigh >= BigInteger.One << 384);

            double exact = Math.Exp(-(double)numerator / denominator);
            Assert.Equal(exact, Math.ScaleB((double)low, -192), 1e-13 * exact + 1e-57);
        }
    }

    private static void AssertAround(BigInteger decimals, (BigInteger Low, BigInteger High) bounds)
    {
        Assert.True(bounds.Low * Unit <= (decimals + 1) << 128);
        Assert.True(bounds.High * Unit >= decimals << 128);
        Assert.InRange((long)(bounds.High - bounds.Low), 1, 3);
    }
}
