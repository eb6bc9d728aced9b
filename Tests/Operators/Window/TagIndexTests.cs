using AkkaPrivacy.Operators.Window;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Window;

public sealed unsafe class TagIndexTests
{
    [Theory]
    [InlineData(0x9E3779B97F4A7C15)]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    public void FindsAllNumbersAlsoWhenTheyShareABucketAndATag(ulong step)
    {
        const int Numbers = 1000;
        var index = new TagIndex();
        index.Renew(Numbers);
        for (var number = 1; number <= Numbers; number++)
        {
            index.Add(Hash(number, step), (uint)Hash(number, step), number);
        }

        for (var number = 1; number <= Numbers; number++)
        {
            Assert.True(Finds(index, Hash(number, step), number));
        }

        Assert.True(index.Capacity >= Numbers);
    }

    [Fact]
    public void ABucketNamesTheNumberUnderATag()
    {
        var index = new TagIndex();
        index.Renew(100);
        for (var number = 1; number <= TagIndex.Buckets.Cells; number++)
        {
            index.Add(0, (uint)number << 20, number);
        }

        for (var number = 1u; number <= TagIndex.Buckets.Cells; number++)
        {
            Assert.Equal(number, TagIndex.NumberIn(index.Home.Of(0), number << 20, index.TagMask));
        }

        Assert.Equal(0u, TagIndex.NumberIn(index.Home.Of(0), 99u << 20, index.TagMask));
        index.Clear();
        Assert.Equal(0u, TagIndex.NumberIn(index.Home.Of(0), 1u << 20, index.TagMask));
    }

    private static ulong Hash(int number, ulong step) => (ulong)number * step;

    private static bool Finds(TagIndex index, ulong hash, int sought)
    {
        for (var cell = index.First(hash); *cell != 0; cell = index.Next(cell))
        {
            if (index.IsUnder(*cell, (uint)hash, out var number) && number == sought)
            {
                return true;
            }
        }

        return false;
    }
}
