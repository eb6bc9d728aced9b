using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Operators.Tokenize;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Tokenize;

public sealed class HmacSha256KeyTests
{
    private static readonly byte[] Master = Enumerable.Range(50, 32).Select(i => (byte)i).ToArray();

    [Theory]
    [InlineData("analytics")]
    [InlineData("käse")]
    public void APurposeKeyIsAnHmacOfItsName(string purpose)
    {
        byte[] derived = HMACSHA256.HashData(Master, Encoding.UTF8.GetBytes("akkaprivacy/token/v1/" + purpose));
        byte[] expected = HMACSHA256.HashData(derived, "user-1"u8);
        using HmacSha256Key key = HmacSha256Key.ForPurpose(Master, purpose);
        Assert.Equal(expected[..16], Token(key));
    }

    [Fact]
    public void PurposesDoNotShareTokens()
    {
        using HmacSha256Key one = HmacSha256Key.ForPurpose(Master, "analytics");
        using HmacSha256Key other = HmacSha256Key.ForPurpose(Master, "fraud");
        Assert.NotEqual(Token(one), Token(other));
    }

    [Fact]
    public void RefusesAShortMasterKeyAndAnEmptyPurpose()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => HmacSha256Key.ForPurpose(new byte[15], "analytics"));
        Assert.Contains("at least 16 bytes", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => HmacSha256Key.ForPurpose(Master, ""));
    }

    [Fact]
    public void AnErasedKeyGivesNoToken()
    {
        HmacSha256Key key = HmacSha256Key.ForPurpose(Master, "analytics");
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Token(key));
    }

    private static byte[] Token(HmacSha256Key key)
    {
        var tokens = new UInt128[1];
        HmacSha256MultiBuffer.ComputeTokens(key, "user-1"u8, [0], [6], tokens);
        return MemoryMarshal.AsBytes(tokens.AsSpan()).ToArray();
    }
}
