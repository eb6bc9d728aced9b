using System.Text;
using AkkaPrivacy.Engine.Ports;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Ports;

public sealed class StoreNamesTests
{
    // The code points where UTF-8 changes its length and where UTF-16 orders otherwise.
    private static readonly string[] Units =
        ["\u0001", "a", "\u007F", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\U00010000", "\U0001F600", "\U0010FFFE", "\U0010FFFF"];

    [Fact]
    public void Texts_compare_as_their_utf8_bytes_do()
    {
        foreach (var left in Texts())
        {
            foreach (var right in Texts())
            {
                var expected = Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
                Assert.Equal(Math.Sign(expected), Math.Sign(StoreNames.CompareUtf8(left, right)));
            }
        }
    }

    [Fact]
    public void The_end_of_a_prefix_parts_what_starts_with_it_from_what_is_larger()
    {
        foreach (var prefix in Texts())
        {
            var end = StoreNames.PrefixEnd(prefix);
            foreach (var text in Texts().Where(text => StoreNames.CompareUtf8(text, prefix) >= 0))
            {
                var inside = end is null || StoreNames.CompareUtf8(text, end) < 0;
                Assert.Equal(text.StartsWith(prefix, StringComparison.Ordinal), inside);
            }
        }

        Assert.Null(StoreNames.PrefixEnd(""));
        Assert.Null(StoreNames.PrefixEnd("\U0010FFFF\U0010FFFF"));
        Assert.Equal("b", StoreNames.PrefixEnd("a\U0010FFFF"));
        Assert.Equal("\uE000", StoreNames.PrefixEnd("\uD7FF"));
    }

    private static IEnumerable<string> Texts() => Units.SelectMany(first => Units.Select(second => first + second).Append(first));
}
