using System.Net;
using AkkaPrivacy.Engine.Runtime.Sources;

namespace AkkaPrivacy.Connectors.Http;

/// <summary>Options of an <see cref="HttpIngestSource"/>.</summary>
public sealed record HttpIngestOptions
{
    /// <summary>Address and port to listen on; port 0 takes a free one. There is no TLS: beyond the loopback address a proxy
    /// that has it stands in front. Default: <c>127.0.0.1:8480</c>.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8480);

    /// <summary>The path that takes events, beginning with <c>/</c>. Default: <c>/events</c>.</summary>
    public string Path { get; init; } = "/events";

    /// <summary>The folder of the spool; made when it is missing. One process at a time uses it. Required.</summary>
    public required string Spool { get; init; }

    /// <summary>The bearer token that senders show, of printable ASCII; null takes events from whoever reaches the port.
    /// Default: null.</summary>
    public string? Token { get; init; }

    /// <summary>The largest body of a request: 1 KiB to 64 MiB. Default: 4 MiB.</summary>
    public int MaxRequestBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The longest line, 1 KiB to 16 MiB; a longer one is a dead letter. Default: 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = LineBatcher.DefaultMaxLineBytes;

    /// <summary>How much the spool may hold that is not in a stored state: 1 MiB to 1 TiB. Default: 1 GiB.</summary>
    public long SpoolBytes { get; init; } = 1L << 30;

    /// <summary>How much may be on its way from requests to the disk, at least one request: 64 KiB to 1 GiB. Default: 64 MiB.</summary>
    public long PendingBytes { get; init; } = 64L << 20;

    /// <summary>How long to wait for rows before the source says that it is idle: 1 ms to 1 minute. Default: 100 ms.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The size of a file of the spool at which another one is begun. Default: 16 MiB.</summary>
    internal long SegmentBytes { get; init; } = 16L << 20;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Spool);
        Between(MaxRequestBytes, 1024, 64 << 20);
        Between(MaxLineBytes, LineBatcher.SmallestMaxLineBytes, LineBatcher.LargestMaxLineBytes);
        Between(SpoolBytes, 1 << 20, 1L << 40);
        Between(PendingBytes, 64 << 10, 1 << 30);
        ArgumentOutOfRangeException.ThrowIfLessThan(IdleAfter, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(IdleAfter, TimeSpan.FromMinutes(1));
        if (!IsPath(Path))
        {
            throw new ArgumentException("A path begins with / and holds letters, digits and - . _ ~ / only.", nameof(Path));
        }

        if (Token is { } token && (token.Length == 0 || token.Any(c => c is <= ' ' or >= '\x7f')))
        {
            throw new ArgumentException("A token is printable ASCII without spaces.", nameof(Token));
        }
    }

    /// <summary>Whether a path can take events.</summary>
    /// <param name="path">The path.</param>
    /// <returns>True when it can.</returns>
    public static bool IsPath(string path) =>
        path.StartsWith('/') && path.Length <= 256 && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '/');

    private static void Between(long value, long min, long max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, min);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, max);
    }
}
