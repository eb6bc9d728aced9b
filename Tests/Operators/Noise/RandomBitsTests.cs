using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise;

public class RandomBitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(64)]
    [InlineData(100)]
    public void Integers_below_a_bound_are_uniform(int bound)
    {
        using var bits = new RandomBits(new SeededRandomSource(9));
        var counts = new long[bound];
        var wideCounts = new long[bound];
        UInt128 wide = ((UInt128)bound << 64) + 1;
        for (int i = 0; i < 50_000; i++)
        {
            counts[bits.Below((ulong)bound)]++;
            wideCounts[Math.Min(bound - 1, (int)(bits.Below(wide) >> 64))]++;
        }

        double[] expected = [.. Enumerable.Repeat(50_000.0 / bound, bound)];
        Assert.True(bound == 1 || ChiSquare.Accepts(counts, expected));
        Assert.True(bound == 1 || ChiSquare.Accepts(wideCounts, expected));
    }

    [Fact]
    public void Draws_that_would_favour_a_result_are_rejected()
    {
        // 2^64 mod 3 = 1, so the single word whose low half is 0 is drawn again.
        using var bits = new RandomBits(new ScriptedRandomSource(0, ulong.MaxValue));
        Assert.Equal(2UL, bits.Below(3UL));

        // 2^64 + 1 values in 65 bits: a draw of 2^64 + 1 or more is drawn again.
        using var wide = new RandomBits(new ScriptedRandomSource(1, 1, 0, 7));
        Assert.Equal((UInt128)7, wide.Below((UInt128.One << 64) + 1));
    }

    [Fact]
    public void Few_bits_come_from_one_word_and_are_not_reused()
    {
        using var bits = new RandomBits(new ScriptedRandomSource(0b1_011_01, 0b10));
        Assert.Equal(0UL, bits.NextBits(0));
        Assert.Equal(0b01UL, bits.NextBits(2));
        Assert.Equal(0b011UL, bits.NextBits(3));
        Assert.Equal(1UL, bits.NextBits(58));
        Assert.Equal(0b10UL, bits.NextBits(2));
    }

    [Fact]
    public void Blocks_follow_one_another_and_words_are_given_out_once()
    {
        ulong[] script = [.. Enumerable.Range(1, 1500).Select(i => (ulong)i)];
        using var bits = new RandomBits(new ScriptedRandomSource(script));
        Assert.All(script, word => Assert.Equal(word, bits.NextWord()));
    }

    [Fact]
    public void A_disposed_reader_and_a_bound_of_zero_are_refused()
    {
        var bits = new RandomBits(new SeededRandomSource(1));
        bits.NextBits(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => bits.Below(0UL));
        Assert.Throws<ArgumentOutOfRangeException>(() => bits.Below(UInt128.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => bits.NextBits(64));
        Assert.Throws<ArgumentOutOfRangeException>(() => bits.NextBits(-1));
        bits.Dispose();
        Assert.Throws<ObjectDisposedException>(() => bits.NextWord());
        Assert.Throws<ObjectDisposedException>(() => bits.NextBits(1));
    }
}
