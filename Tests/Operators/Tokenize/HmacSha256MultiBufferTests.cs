using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AkkaPrivacy.Operators.Tokenize;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Tokenize;

public sealed class HmacSha256MultiBufferTests
{
    private static readonly byte[] Key = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();

    public static TheoryData<int> Paths()
    {
        var data = new TheoryData<int>();
        foreach (HmacPath path in Enum.GetValues<HmacPath>().Where(HmacSha256MultiBuffer.IsSupported))
        {
            data.Add((int)path);
        }

        return data;
    }

    /// <summary>RFC 4231, test cases 1 to 4, 6 and 7 (case 5 is one truncated to 16 bytes).</summary>
    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b")]
    [InlineData("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c7")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "dd*50", "773ea91e36800e46854db8ebd09181a7")]
    [InlineData("0102030405060708090a0b0c0d0e0f10111213141516171819", "cd*50", "82558a389a443c0ea4cc819899f2083a")]
    [InlineData("0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c", "546573742057697468205472756e636174696f6e", "a3b6167473100ee06e0c796c2955552b")]
    [InlineData("aa*131", "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374", "60e431591ee0b67f0d8a26aacbf5b77f")]
    [InlineData("aa*131", "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e", "9b09ffa71b942fcb27635fbcd5b0e944")]
    public void MatchesRfc4231(string key, string message, string expected)
    {
        byte[] data = Bytes(message);
        using var prepared = new HmacSha256Key(Bytes(key));
        foreach (HmacPath path in Enum.GetValues<HmacPath>().Where(HmacSha256MultiBuffer.IsSupported))
        {
            var tokens = new UInt128[1];
            HmacSha256MultiBuffer.ComputeTokens(prepared, data, [0], [data.Length], tokens, path);
            Assert.Equal(expected, Hex(tokens[0]));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void MatchesTheFrameworkAtEveryLength(int path)
    {
        byte[] data = Noise(400, seed: 1);
        int[] lengths = Enumerable.Range(0, 301).ToArray();
        int[] offsets = lengths.Select(i => i % 7).ToArray();

        AssertTokens(data, offsets, lengths, (HmacPath)path);
        for (int length = 0; length <= 300; length++)
        {
            AssertTokens(data, [3], [length], (HmacPath)path);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void MatchesTheFrameworkAtEveryBatchSize(int path)
    {
        byte[] data = Noise(2000, seed: 2);
        for (int rows = 0; rows <= 67; rows++)
        {
            int[] offsets = Enumerable.Range(0, rows).Select(i => i * 29).ToArray();
            AssertTokens(data, offsets, Enumerable.Repeat(24, rows).ToArray(), (HmacPath)path);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void MatchesTheFrameworkOnRandomBatches(int path)
    {
        var random = new Random(3);
        byte[] data = Noise(20_000, seed: 4);
        foreach (int longest in (int[])[30, 56, 130, 1000, 6000])
        {
            int rows = random.Next(1, 2600);
            int[] lengths = Enumerable.Range(0, rows).Select(_ => random.Next(longest + 1)).ToArray();
            int[] offsets = lengths.Select(length => random.Next(data.Length - length + 1)).ToArray();
            AssertTokens(data, offsets, lengths, (HmacPath)path);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void MatchesTheFrameworkAboutTheLongestOfALane(int path)
    {
        byte[] data = Noise(3_000_000, seed: 5);
        int limit = HmacSha256MultiBuffer.MaxLaneBlocks * 64;
        int[] lengths = [limit - 10, limit - 9, limit - 8, limit, limit + 55, limit + 56, 1, 2_999_999, 24];
        AssertTokens(data, lengths.Select(length => data.Length - length).ToArray(), lengths, (HmacPath)path);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void ReadsNothingPastTheEndOfTheBuffer(int path)
    {
        using var page = new GuardedPage();
        for (int length = 0; length <= 200; length++)
        {
            Span<byte> data = page.LastBytes(length);
            Noise(length, seed: length).CopyTo(data);
            int[] offsets = Enumerable.Range(0, length + 1).ToArray();
            AssertTokens(data, offsets, offsets.Select(offset => length - offset).ToArray(), (HmacPath)path);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void AllocatesNothing(int path)
    {
        byte[] data = Noise(24 * 1000, seed: 6);
        int[] offsets = Enumerable.Range(0, 1000).Select(i => i * 24).ToArray();
        int[] lengths = Enumerable.Range(0, 1000).Select(i => i % 10 == 0 ? 0 : 24).ToArray();
        var tokens = new UInt128[1000];
        using var key = new HmacSha256Key(Key);
        HmacSha256MultiBuffer.ComputeTokens(key, data, offsets, lengths, tokens, (HmacPath)path);

        long before = GC.GetAllocatedBytesForCurrentThread();
        HmacSha256MultiBuffer.ComputeTokens(key, data, offsets, lengths, tokens, (HmacPath)path);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, 11)]
    [InlineData(11, 0)]
    [InlineData(10, 1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(-5, 5)]
    public void RefusesAMessageOutsideTheBuffer(int offset, int length)
    {
        using var key = new HmacSha256Key(Key);
        var tokens = new UInt128[2];
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            HmacSha256MultiBuffer.ComputeTokens(key, new byte[10], [0, offset], [1, length], tokens));
        Assert.Contains("Message 1 of 2", error.Message, StringComparison.Ordinal);
        Assert.All(tokens, token => Assert.Equal(UInt128.Zero, token));
    }

    [Fact]
    public void RefusesSpansThatDisagree()
    {
        using var key = new HmacSha256Key(Key);
        Assert.Throws<ArgumentException>(() => HmacSha256MultiBuffer.ComputeTokens(key, new byte[10], [0, 1], [1], new UInt128[2]));
        Assert.Throws<ArgumentException>(() => HmacSha256MultiBuffer.ComputeTokens(key, new byte[10], [0, 1], [1, 1], new UInt128[1]));
    }

    private static void AssertTokens(ReadOnlySpan<byte> data, int[] offsets, int[] lengths, HmacPath path)
    {
        using var key = new HmacSha256Key(Key);
        var tokens = new UInt128[offsets.Length];
        HmacSha256MultiBuffer.ComputeTokens(key, data, offsets, lengths, tokens, path);
        for (int i = 0; i < tokens.Length; i++)
        {
            byte[] expected = HMACSHA256.HashData(Key, data.Slice(offsets[i], lengths[i]));
            Assert.Equal(Convert.ToHexStringLower(expected.AsSpan(0, 16)), Hex(tokens[i]));
        }
    }

    private static string Hex(UInt128 token) =>
        Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in token)));

    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // "dd*50" stands for the byte dd, 50 times.
    private static byte[] Bytes(string hex)
    {
        string[] parts = hex.Split('*');
        byte[] bytes = Convert.FromHexString(parts[0]);
        return parts.Length == 1 ? bytes : Enumerable.Repeat(bytes[0], int.Parse(parts[1])).ToArray();
    }
}
