using System.Net;
using System.Net.Sockets;
using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Generalise;

public sealed class IpPrefixTreatmentTests
{
    [Theory]
    [InlineData("83.149.9.216", "83.149.9.0/24")]
    [InlineData("255.255.255.255", "255.255.255.0/24")]
    [InlineData("0.0.0.0", "0.0.0.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    [InlineData("2001:DB8::1", "2001:db8::/48")]
    [InlineData("2001:0:5::1", "2001:0:5::/48")]
    [InlineData("fe80::1%eth0", "fe80::/48")]
    [InlineData("::", "::/48")]
    [InlineData("::1", "::/48")]
    [InlineData("1::", "1::/48")]
    [InlineData("::ffff:83.149.9.216", "83.149.9.0/24")]
    [InlineData("::ffff:5395:9d8", "83.149.9.0/24")]
    [InlineData("64:ff9b::1.2.3.4", "64:ff9b::/48")]
    [InlineData("1.2.3", "invalid")]
    [InlineData("1.2.3.4.5", "invalid")]
    [InlineData("1.2.3.256", "invalid")]
    [InlineData("1.2.3.04", "invalid")]
    [InlineData("1.2.3.", "invalid")]
    [InlineData("0x7f.0.0.1", "invalid")]
    [InlineData("2130706433", "invalid")]
    [InlineData("1.2.3.4:80", "invalid")]
    [InlineData(":1:2:3:4:5:6:7", "invalid")]
    [InlineData("1:2:3:4:5:6:7", "invalid")]
    [InlineData("1:2:3:4:5:6:7:", "invalid")]
    [InlineData("1:2:3:4:5:6:7:8:9", "invalid")]
    [InlineData("1::2::3", "invalid")]
    [InlineData(":::", "invalid")]
    [InlineData("12345::", "invalid")]
    [InlineData("g::", "invalid")]
    [InlineData("[::1]", "invalid")]
    [InlineData("::1.2.3", "invalid")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4", "invalid")]
    [InlineData("ann@example.com", "invalid")]
    [InlineData("-", "invalid")]
    public void Names_the_network_of_an_address(string address, string expected)
    {
        using var harness = new StageHarness(TestColumns.RawText("ip"), new GeneraliseOperator("ip", new IpPrefixTreatment()));
        Assert.Equal([expected], harness.Texts("ip", address));
    }

    [Theory]
    [InlineData(8, 16, "83.0.0.0/8", "2001::/16")]
    [InlineData(20, 29, "83.149.240.0/20", "2001:db8::/29")]
    [InlineData(23, 47, "83.149.254.0/23", "2001:db8:fffe::/47")]
    public void Keeps_the_bits_that_were_asked_for(int v4, int v6, string expectedV4, string expectedV6)
    {
        using var harness = new StageHarness(TestColumns.RawText("ip"), new GeneraliseOperator("ip", new IpPrefixTreatment(v4, v6)));
        Assert.Equal([expectedV4, expectedV6], harness.Texts("ip", "83.149.255.216", "2001:db8:ffff:ffff::1"));
    }

    [Theory]
    [InlineData(7, 48)]
    [InlineData(25, 48)]
    [InlineData(24, 15)]
    [InlineData(24, 49)]
    public void Prefixes_out_of_range_are_refused(int v4, int v6) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new IpPrefixTreatment(v4, v6));

    [Fact]
    public void Agrees_with_the_platform_on_addresses_that_it_writes()
    {
        var random = new SeededRandomSource(11);
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> parsed = stackalloc byte[16];
        for (var round = 0; round < 20_000; round++)
        {
            var address = NextAddress(random, bytes, round % 3 == 0 ? 4 : 16);
            var size = IpAddressParser.Parse(Encoding.ASCII.GetBytes(address.ToString()), parsed);
            var expected = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            Assert.Equal(expected, new IPAddress(parsed[..size]));
        }
    }

    [Fact]
    public void Takes_nothing_as_an_IPv6_address_that_the_platform_refuses()
    {
        var random = new SeededRandomSource(12);
        var alphabet = "0019af::::..%"u8;
        Span<byte> text = stackalloc byte[24];
        Span<byte> parsed = stackalloc byte[16];
        for (var round = 0; round < 200_000; round++)
        {
            random.Fill(text);
            var length = 2 + (text[0] % 22);
            for (var i = 0; i < length; i++)
            {
                text[i] = alphabet[text[i] % alphabet.Length];
            }

            var candidate = text[..length];
            if (IpAddressParser.Parse(candidate, parsed) > 0 && !candidate.Contains((byte)'%'))
            {
                Assert.True(IPAddress.TryParse(candidate, out _), Encoding.ASCII.GetString(candidate));
            }
        }
    }

    // Groups are often zero, so that runs of them occur at every place.
    private static IPAddress NextAddress(IRandomSource random, Span<byte> bytes, int size)
    {
        Span<byte> zero = stackalloc byte[16];
        random.Fill(bytes);
        random.Fill(zero);
        for (var i = 0; size == 16 && i < 16; i++)
        {
            bytes[i] = zero[i / 2] < 128 ? (byte)0 : bytes[i];
        }

        var address = new IPAddress(bytes[..size]);
        Assert.Equal(size == 4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, address.AddressFamily);
        return address;
    }
}
