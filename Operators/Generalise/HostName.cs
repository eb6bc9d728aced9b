using System.Buffers;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>What a host is.</summary>
internal enum HostKind
{
    /// <summary>Neither a name of two or more labels nor an address.</summary>
    None,

    /// <summary>A name.</summary>
    Name,

    /// <summary>An IP address.</summary>
    Address,
}

/// <summary>Reads host names as of RFC 1123 (also with <c>_</c>, which occurs), in lower case.</summary>
internal static class HostName
{
    /// <summary>The longest host name (RFC 1035).</summary>
    public const int MaxBytes = 253;

    private const int MaxLabelBytes = 63;
    private static readonly SearchValues<byte> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_."u8);

    // Second levels that many country domains have; single-country ones are left to the two-label rule.
    private static readonly byte[][] SecondLevels =
    [
        [.. "ac"u8], [.. "co"u8], [.. "com"u8], [.. "edu"u8], [.. "go"u8], [.. "gob"u8], [.. "gov"u8], [.. "govt"u8], [.. "mil"u8],
        [.. "ne"u8], [.. "net"u8], [.. "nom"u8], [.. "or"u8], [.. "org"u8], [.. "sch"u8],
    ];

    /// <summary>Reads a host.</summary>
    /// <param name="host">The host of a URL, without user and port.</param>
    /// <param name="lower">Receives a name in lower case; <see cref="MaxBytes"/> bytes.</param>
    /// <param name="length">The name's length.</param>
    /// <returns>What it is.</returns>
    public static HostKind Read(ReadOnlySpan<byte> host, Span<byte> lower, out int length)
    {
        length = 0;
        if (host.Length > 0 && host[0] == '[')
        {
            return ReadBracketed(host);
        }

        host = host.Length > 0 && host[^1] == '.' ? host[..^1] : host;
        if (host.Length is 0 or > MaxBytes)
        {
            return HostKind.None;
        }

        length = host.Length;
        lower = lower[..length];
        Utf8Text.AsciiCase.Lower(host, lower);
        var dot = lower.LastIndexOf((byte)'.');
        if (dot < 0 || lower.ContainsAnyExcept(Allowed) || !HasGoodLabels(lower))
        {
            return HostKind.None;
        }

        // No top-level domain is a number, so such a host is an address in one of its spellings.
        return lower[(dot + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? HostKind.Address : HostKind.Name;
    }

    /// <summary>Takes a leading <c>www.</c> off, unless fewer than two labels would be left.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The rest.</returns>
    public static ReadOnlySpan<byte> WithoutWww(ReadOnlySpan<byte> name) =>
        name.StartsWith("www."u8) && name[4..].Contains((byte)'.') ? name[4..] : name;

    /// <summary>The approximate registrable part of a name.</summary>
    /// <param name="name">The name, of two or more labels.</param>
    /// <returns>Its last two or three labels.</returns>
    public static ReadOnlySpan<byte> Registrable(ReadOnlySpan<byte> name)
    {
        var last = name.LastIndexOf((byte)'.');
        var second = name[..last].LastIndexOf((byte)'.');
        if (second < 0)
        {
            return name;
        }

        if (name.Length - last - 1 != 2 || !IsSecondLevel(name[(second + 1)..last]))
        {
            return name[(second + 1)..];
        }

        return name[(name[..second].LastIndexOf((byte)'.') + 1)..];
    }

    private static HostKind ReadBracketed(ReadOnlySpan<byte> host)
    {
        Span<byte> address = stackalloc byte[IpAddressParser.V6Bytes];
        return host[^1] == ']' && IpAddressParser.Parse(host[1..^1], address) > 0 ? HostKind.Address : HostKind.None;
    }

    private static bool HasGoodLabels(ReadOnlySpan<byte> name)
    {
        var label = 0;
        foreach (var character in name)
        {
            if (character != '.')
            {
                label++;
                continue;
            }

            if (label is 0 or > MaxLabelBytes)
            {
                return false;
            }

            label = 0;
        }

        return label is > 0 and <= MaxLabelBytes;
    }

    private static bool IsSecondLevel(ReadOnlySpan<byte> label)
    {
        foreach (var candidate in SecondLevels)
        {
            if (label.SequenceEqual(candidate))
            {
                return true;
            }
        }

        return false;
    }
}
