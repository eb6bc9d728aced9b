using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Writes the network of an address.</summary>
/// <param name="v4Bits">Bits kept of IPv4.</param>
/// <param name="v6Bits">Bits kept of IPv6.</param>
internal readonly struct IpPrefixRule(int v4Bits, int v6Bits) : ITextRule
{
    // 8 groups of 4 digits, 7 colons, a slash and 3 digits.
    private const int LongestText = 43;
    private const int Groups = 8;

    /// <inheritdoc />
    public static TextColumn RentOutput(BatchPool pool, TextColumn input) => pool.RentText();

    /// <inheritdoc />
    [SkipLocalsInit]
    public TextSpan Apply(ReadOnlySpan<byte> text, TextSpan place, ByteArena output)
    {
        Span<byte> address = stackalloc byte[IpAddressParser.V6Bytes];
        var size = IpAddressParser.Parse(text, address);
        if (size == 0)
        {
            return output.Append("invalid"u8);
        }

        var bits = size == IpAddressParser.V4Bytes ? v4Bits : v6Bits;
        address = address[..size];
        Mask(address, bits);
        var target = output.Reserve(LongestText);
        var length = size == IpAddressParser.V4Bytes ? WriteV4(address, target) : WriteV6(address, target);
        target[length++] = (byte)'/';
        length += WriteNumber(bits, target[length..]);
        var span = new TextSpan(output.Length, length);
        output.Length += length;
        return span;
    }

    private static void Mask(Span<byte> address, int bits)
    {
        var whole = bits >> 3;
        address[whole] &= (byte)(0xff00 >> (bits & 7));
        address[(whole + 1)..].Clear();
    }

    private static int WriteV4(ReadOnlySpan<byte> address, Span<byte> target)
    {
        var length = 0;
        for (var i = 0; i < address.Length; i++)
        {
            if (i > 0)
            {
                target[length++] = (byte)'.';
            }

            length += WriteNumber(address[i], target[length..]);
        }

        return length;
    }

    // RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as '::'. After masking, at
    // least five groups at the end are zero, so that run is always the last one.
    private static int WriteV6(ReadOnlySpan<byte> address, Span<byte> target)
    {
        var kept = Groups;
        while (kept > 0 && Group(address, kept - 1) == 0)
        {
            kept--;
        }

        var length = 0;
        for (var i = 0; i < kept; i++)
        {
            Group(address, i).TryFormat(target[length..], out var written, "x");
            length += written;
            target[length++] = (byte)':';
        }

        if (kept == 0)
        {
            target[length++] = (byte)':';
        }

        target[length++] = (byte)':';
        return length;
    }

    private static ushort Group(ReadOnlySpan<byte> address, int index) =>
        BinaryPrimitives.ReadUInt16BigEndian(address[(2 * index)..]);

    private static int WriteNumber(int value, Span<byte> target)
    {
        var length = 0;
        if (value >= 100)
        {
            target[length++] = (byte)('0' + (value / 100));
        }

        if (value >= 10)
        {
            target[length++] = (byte)('0' + (value / 10 % 10));
        }

        target[length++] = (byte)('0' + (value % 10));
        return length;
    }
}
