using System.Buffers.Binary;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Reads IP addresses from UTF-8. The platform's own parser makes an object of each address and also takes
/// shortened, octal and hexadecimal IPv4 forms, which name different hosts in different programs.</summary>
internal static class IpAddressParser
{
    /// <summary>Bytes of an IPv4 address.</summary>
    public const int V4Bytes = 4;

    /// <summary>Bytes of an IPv6 address.</summary>
    public const int V6Bytes = 16;

    private const int MappedPrefixBytes = 12;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>Reads an address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">Room for 16 bytes; receives the address in network order.</param>
    /// <returns>4 for IPv4 (also when mapped into IPv6), 16 for IPv6, 0 when it is no address.</returns>
    public static int Parse(ReadOnlySpan<byte> text, Span<byte> address)
    {
        if (!text.Contains((byte)':'))
        {
            return ParseV4(text, address) ? V4Bytes : 0;
        }

        var zone = text.IndexOf((byte)'%');
        if (!ParseV6(zone < 0 ? text : text[..zone], address))
        {
            return 0;
        }

        if (!address.StartsWith(MappedPrefix))
        {
            return V6Bytes;
        }

        address[MappedPrefixBytes..V6Bytes].CopyTo(address);
        return V4Bytes;
    }

    private static bool ParseV4(ReadOnlySpan<byte> text, Span<byte> address)
    {
        for (var part = 0; part < V4Bytes; part++)
        {
            var end = text.IndexOf((byte)'.');
            if ((end < 0) != (part == V4Bytes - 1))
            {
                return false;
            }

            if (!ParsePart(end < 0 ? text : text[..end], out address[part]))
            {
                return false;
            }

            text = text[(end + 1)..];
        }

        return true;
    }

    private static bool ParsePart(ReadOnlySpan<byte> digits, out byte value)
    {
        value = 0;
        if (digits.Length is 0 or > 3 || (digits[0] == '0' && digits.Length > 1))
        {
            return false;
        }

        var sum = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            sum = (10 * sum) + (digit - '0');
        }

        value = (byte)sum;
        return sum <= byte.MaxValue;
    }

    private static bool ParseV6(ReadOnlySpan<byte> text, Span<byte> address)
    {
        var written = 0;
        var gap = -1;
        if (text.StartsWith("::"u8))
        {
            gap = 0;
            text = text[2..];
        }

        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)':');
            var piece = end < 0 ? text : text[..end];
            var size = WritePiece(piece, isLast: end < 0, address[written..V6Bytes]);
            if (size == 0)
            {
                return false;
            }

            written += size;
            if (end < 0)
            {
                break;
            }

            text = text[(end + 1)..];
            if (text.IsEmpty)
            {
                return false;
            }

            if (text[0] == ':')
            {
                if (gap >= 0)
                {
                    return false;
                }

                gap = written;
                text = text[1..];
            }
        }

        return FillGap(address[..V6Bytes], written, gap);
    }

    // Writes a group of hexadecimal digits (2 bytes) or a trailing dotted part (4 bytes); 0 when it is neither.
    private static int WritePiece(ReadOnlySpan<byte> piece, bool isLast, Span<byte> target)
    {
        if (isLast && piece.Contains((byte)'.'))
        {
            return target.Length >= V4Bytes && ParseV4(piece, target) ? V4Bytes : 0;
        }

        if (piece.Length is 0 or > 4 || target.Length < 2)
        {
            return 0;
        }

        var value = 0;
        foreach (var digit in piece)
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return 0;
            }

            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)value);
        return 2;
    }

    private static bool FillGap(Span<byte> address, int written, int gap)
    {
        if (gap < 0 || written == V6Bytes)
        {
            return gap < 0 && written == V6Bytes;
        }

        var tail = written - gap;
        address[gap..written].CopyTo(address[(V6Bytes - tail)..]);
        address[gap..(V6Bytes - tail)].Clear();
        return true;
    }
}
