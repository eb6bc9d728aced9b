using System.Runtime.CompilerServices;
using System.Text;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Generalise;

/// <summary>Writes the domain of a URL.</summary>
/// <param name="keepSubdomains">Whether the whole host name is kept.</param>
internal readonly struct DomainRule(bool keepSubdomains) : ITextRule
{
    /// <inheritdoc />
    public static TextColumn RentOutput(BatchPool pool, TextColumn input) => pool.RentText();

    /// <inheritdoc />
    [SkipLocalsInit]
    public TextSpan Apply(ReadOnlySpan<byte> text, TextSpan place, ByteArena output)
    {
        if (text.SequenceEqual("-"u8))
        {
            return TextSpan.Missing;
        }

        if (!TryAuthority(text, out var authority))
        {
            return output.Append("other"u8);
        }

        var host = WithoutUserAndPort(authority, out var valid);
        if (!valid)
        {
            return output.Append("other"u8);
        }

        Span<byte> lower = stackalloc byte[HostName.MaxBytes];
        return HostName.Read(host, lower, out var length) switch
        {
            HostKind.Address => output.Append("ip"u8),
            HostKind.Name => output.Append(Cut(lower[..length])),
            _ => output.Append("other"u8),
        };
    }

    private static bool TryAuthority(ReadOnlySpan<byte> url, out ReadOnlySpan<byte> authority)
    {
        authority = default;
        var colon = url.IndexOf((byte)':');
        if (colon < 0 || !(Ascii.EqualsIgnoreCase(url[..colon], "http"u8) || Ascii.EqualsIgnoreCase(url[..colon], "https"u8)))
        {
            return false;
        }

        var rest = url[(colon + 1)..];
        if (!rest.StartsWith("//"u8))
        {
            return false;
        }

        rest = rest[2..];

        // Browsers read a backslash as a slash (WHATWG URL Standard, special schemes).
        var end = rest.IndexOfAny("/\\?#"u8);
        authority = end < 0 ? rest : rest[..end];
        return true;
    }

    private static ReadOnlySpan<byte> WithoutUserAndPort(ReadOnlySpan<byte> authority, out bool valid)
    {
        var host = authority[(authority.LastIndexOf((byte)'@') + 1)..];
        var port = host.LastIndexOf((byte)':');
        if (port <= host.LastIndexOf((byte)']'))
        {
            valid = true;
            return host;
        }

        valid = host[(port + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
        return host[..port];
    }

    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> name) =>
        keepSubdomains ? HostName.WithoutWww(name) : HostName.Registrable(HostName.WithoutWww(name));
}
