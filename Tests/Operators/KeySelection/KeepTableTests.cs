using System.Numerics;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.KeySelection;

/// <summary>Checks the guarantee on the table's own integers, with bounds of twice its precision.</summary>
public class KeepTableTests
{
    private const int Bits = 256;

    [Theory]
    [InlineData(1, 1, 1, 1_000_000)]
    [InlineData(1, 7, 3, 1_000_000_007)]
    [InlineData(20, 1, 1, 1_000_000_000_000_000)]
    [InlineData(1000, 1, 1, 1_000_000)]
    [InlineData(1, 1_000, 1, 100)]
    public void Entries_satisfy_both_inequalities_exactly(long epsilonNumerator, long epsilonDenominator, long deltaNumerator, long deltaDenominator)
    {
        UInt128[] table = KeepTable.Compute(epsilonNumerator, epsilonDenominator, deltaNumerator, deltaDenominator);
        BigInteger one = BigInteger.One << 128;
        BigInteger growth = ExpBounds.Positive(epsilonNumerator, epsilonDenominator, Bits).Low;

        for (int n = 0; n < table.Length; n++)
        {
            BigInteger p = table[n];
            BigInteger next = n + 1 < table.Length ? table[n + 1] : one;

            // Both sides times 2^(128 + Bits) * deltaDenominator.
            BigInteger slack = (one * deltaNumerator) << Bits;
            Assert.True((next << Bits) * deltaDenominator <= (growth * p * deltaDenominator) + slack);
            Assert.True(((one - p) << Bits) * deltaDenominator <= (growth * (one - next) * deltaDenominator) + slack);
            Assert.True(next > p);
        }
    }

    [Fact]
    public void The_estimate_of_the_length_is_close()
    {
        foreach ((double epsilon, double delta) in new[] { (1.0, 1e-6), (0.01, 1e-9), (1e-12, 1e-3), (5.0, 1e-15) })
        {
            long length = new TruncatedGeometric(epsilon, delta).CertainFrom;
            Assert.InRange(KeepTable.EstimateEntries(epsilon, delta), length - 4, length + 4);
        }
    }
}
