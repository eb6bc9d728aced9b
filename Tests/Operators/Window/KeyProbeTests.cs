using System.IO.Hashing;
using AkkaPrivacy.Operators.Window;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Window;

public sealed unsafe class KeyProbeTests
{
    private static readonly byte[] Text = [.. Enumerable.Range(1, 40).Select(i => (byte)(i * 37))];

    [Fact]
    public void ATextInReadableMemoryHasTheProbeOfItsBytes()
    {
        for (var length = 0; length <= KeyProbe.LongestInline; length++)
        {
            var probe = KeyProbe.OfBytes(Text.AsSpan(0, length));
            fixed (byte* text = Text)
            {
                Assert.Equal(probe.Vector, KeyProbe.OfReadable(text, (uint)length));
            }

            Assert.True(probe.IsWhole);
            Assert.Equal(length, probe.Length);
            Assert.True(AreSameKey(probe, probe));
        }
    }

    [Fact]
    public void OnlyWholeKeysAreTheSameWithoutTheirBytes()
    {
        var longer = KeyProbe.OfBytes(Text.AsSpan(0, KeyProbe.LongestInline + 1));
        Assert.False(longer.IsWhole);
        Assert.False(AreSameKey(longer, longer));
        Assert.False(AreSameKey(KeyProbe.None, KeyProbe.None));
        Assert.False(AreSameKey(KeyProbe.OfBytes([0]), KeyProbe.OfBytes([0, 0])));
        Assert.True(AreSameKey(KeyProbe.OfNumber(long.MinValue), KeyProbe.OfNumber(long.MinValue)));
    }

    [Fact]
    public void EachBitOfAProbeMovesItsHash()
    {
        var probe = KeyProbe.OfBytes(Text.AsSpan(0, KeyProbe.LongestInline));
        HashSet<ulong> hashes = [KeyProbe.HashOf(probe.Vector)];
        for (var bit = 0; bit < 64; bit++)
        {
            Assert.True(hashes.Add(KeyProbe.HashOf((probe with { First = probe.First ^ (1UL << bit) }).Vector)));
            Assert.True(hashes.Add(KeyProbe.HashOf((probe with { Second = probe.Second ^ (1UL << bit) }).Vector)));
        }
    }

    [Fact]
    public void GroupsKeepKeysOfAllLengthsAndTheirStableHashes()
    {
        var groups = new GroupTable();
        for (var length = 0; length <= Text.Length; length++)
        {
            Assert.True(groups.TryAdd(KeyProbe.OfBytes(Text.AsSpan(0, length)), Text.AsSpan(0, length)));
            Assert.Equal(XxHash3.HashToUInt64(Text.AsSpan(0, length / 2), GroupTable.StableSeed), groups.StableHash(length / 2));
        }

        for (var length = 0; length <= Text.Length; length++)
        {
            Assert.False(groups.TryAdd(KeyProbe.OfBytes(Text.AsSpan(0, length)), Text.AsSpan(0, length)));
            Assert.Equal(Text.AsSpan(0, length), groups.Key(length));
            Assert.Equal(XxHash3.HashToUInt64(Text.AsSpan(0, length), GroupTable.StableSeed), groups.StableHash(length));
        }
    }

    private static bool AreSameKey(KeyProbe x, KeyProbe y) => KeyProbe.AreSameKey(&x, &y);
}
