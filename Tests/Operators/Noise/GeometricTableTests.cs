using System.Numerics;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

public class GeometricTableTests
{
    private const int Precision = 256;

    [Fact]
    public void A_number_at_a_threshold_is_decided_by_further_bits()
    {
        var table = new GeometricTable(3, 40);
        for (int k = 1; k <= table.FirstWords.Length; k += 17)
        {
            BigInteger threshold = table.Threshold(k, Precision).Low;
            Assert.Equal((ulong)(threshold >> (Precision - 64)), table.FirstWords[k - 1]);
            Assert.Equal(k, Draw(table, threshold + 4));
            Assert.Equal(k - 1, Draw(table, threshold - 4));
        }
    }

    [Fact]
    public void Resolving_from_the_start_agrees_with_the_table()
    {
        var table = new GeometricTable(1, 20);
        using var words = new RandomBits(new SeededRandomSource(5));
        for (int i = 0; i < 20; i++)
        {
            ulong word = words.NextWord();
            using var one = new RandomBits(new ScriptedRandomSource(word));
            using var more = new RandomBits(new ScriptedRandomSource());
            Assert.Equal(table.Sample(one), table.Resolve(word, 0, more));
        }
    }

    [Fact]
    public void A_number_past_the_table_counts_its_length_and_starts_again()
    {
        var table = new GeometricTable(1, 31);
        using var bits = new RandomBits(new ScriptedRandomSource(ulong.MaxValue, ulong.MaxValue, 0));

        Assert.Equal(2 * table.FirstWords.Length, table.Sample(bits));
    }

    [Fact]
    public void Beyond_64_bits_of_a_tail_further_bits_decide()
    {
        // r = e^-100: P(k >= 1) = 3.7e-44, so c_1 and the largest word agree in 64 bits.
        var table = new GeometricTable(100, 1);
        using var below = new RandomBits(new ScriptedRandomSource(ulong.MaxValue, 0));
        using var above = new RandomBits(new ScriptedRandomSource(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0));

        Assert.Single(table.FirstWords.ToArray());
        Assert.Equal(0, table.Sample(below));
        Assert.Equal(1, table.Sample(above));
    }

    // Feeds the words of a number of 256 bits, first word first.
    private static long Draw(GeometricTable table, BigInteger number)
    {
        var words = new ulong[Precision / 64];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = (ulong)((number >> (Precision - (64 * (i + 1)))) & ulong.MaxValue);
        }

        using var bits = new RandomBits(new ScriptedRandomSource(words));
        return table.Sample(bits);
    }
}
