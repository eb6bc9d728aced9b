using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Engine.Runtime.Sources;

namespace AkkaPrivacy.Connectors.Files;

/// <summary>Options of a <see cref="LineFileSource"/>.</summary>
public sealed record LineFileOptions
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>A file, a pattern (<c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders), or <c>-</c> for
    /// standard input. Relative paths start at the working folder.</summary>
    public required string Path { get; init; }

    /// <summary>The longest line in bytes, without its ending: 1 KiB to 16 MiB. A longer one is passed over and reported as a
    /// dead letter. Default: 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = LineBatcher.DefaultMaxLineBytes;

    /// <summary>How the bytes are compressed. Default: by the name of each file; standard input is plain.</summary>
    public FileCompression Compression { get; init; } = FileCompression.Auto;

    /// <summary>Whether line feeds between double quotes belong to a line, as in comma-separated values (RFC 4180). A quote that
    /// is not closed costs the line that it stands in. Default: false.</summary>
    public bool QuotedRecords { get; init; }

    /// <summary>Whether the first line of each file, or of standard input, is a heading: it is no row, and parsers find it before
    /// the first row of each batch. Default: false.</summary>
    public bool HasHeading { get; init; }

    /// <summary>Whether files are read on as they grow, are rotated and come anew; the source then ends only when it is stopped.
    /// Compressed files are left out. Default: false.</summary>
    public bool Follow { get; init; }

    /// <summary>How often files are looked at that are followed: 10 ms to 1 minute. Default: 250 ms.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a followed file has nothing new before its partition ends, when it was rotated away or another file
    /// still grows: 1 second to 1 day. Default: 1 minute.</summary>
    public TimeSpan QuietAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a batch from standard input waits for more rows after its first: 0 to 1 second. Ignored for
    /// files. Default: 5 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long standard input may have nothing before the source says that it is idle: 1 ms to 1 minute. Ignored
    /// for files. Default: 100 ms.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What to read when the path is <c>-</c>; it is not disposed of. Default: the process's standard input.</summary>
    public Stream? Input { get; init; }

    /// <summary>All mistakes at once.</summary>
    /// <returns>Pairs of the option's name and what is allowed; empty when the options are sound.</returns>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (Path.Length == 0)
        {
            yield return (nameof(Path), "must name a file, a pattern, or '-' for standard input");
        }

        if (MaxLineBytes is < LineBatcher.SmallestMaxLineBytes or > LineBatcher.LargestMaxLineBytes)
        {
            yield return (nameof(MaxLineBytes), $"must be {LineBatcher.SmallestMaxLineBytes} to {LineBatcher.LargestMaxLineBytes} bytes");
        }

        if (Poll < TimeSpan.FromMilliseconds(10) || Poll > TimeSpan.FromMinutes(1))
        {
            yield return (nameof(Poll), "must be 10 ms to 1 minute");
        }

        if (QuietAfter < TimeSpan.FromSeconds(1) || QuietAfter > TimeSpan.FromDays(1))
        {
            yield return (nameof(QuietAfter), "must be 1 second to 1 day");
        }

        if (Follow && (Path == StandardInput || Compression is FileCompression.Gzip or FileCompression.Zstd))
        {
            yield return (nameof(Follow), "must be false for standard input and for compressed files");
        }

        if (Linger < TimeSpan.Zero || Linger > TimeSpan.FromSeconds(1))
        {
            yield return (nameof(Linger), "must be 0 to 1 second");
        }

        if (IdleAfter < TimeSpan.FromMilliseconds(1) || IdleAfter > TimeSpan.FromMinutes(1))
        {
            yield return (nameof(IdleAfter), "must be 1 ms to 1 minute");
        }
    }
}
