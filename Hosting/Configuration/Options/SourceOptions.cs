using System.Net;
using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Hosting.Demo.Traffic;
using AkkaPrivacy.Operators.Parse;

namespace AkkaPrivacy.Hosting.Configuration.Options;

/// <summary>Where lines come from.</summary>
internal enum SourceKind
{
    /// <summary>Files or standard input.</summary>
    Files,

    /// <summary>POST requests.</summary>
    Http,

    /// <summary>Made-up traffic.</summary>
    Generator,
}

/// <summary>Formats of lines.</summary>
internal enum SourceFormat
{
    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>Apache's and nginx's combined log.</summary>
    CombinedLog,

    /// <summary>nginx's log as JSON.</summary>
    NginxJson,

    /// <summary>Comma-separated values.</summary>
    Csv,
}

/// <summary>The source of a pipeline.</summary>
/// <param name="Format">The lines' format.</param>
/// <param name="Path">A file, a pattern, or <c>-</c>; empty for other kinds.</param>
/// <param name="MaxLineBytes">The longest line.</param>
/// <param name="Place">Where it was written.</param>
internal sealed record SourceOptions(SourceFormat Format, string Path, int MaxLineBytes, string Place)
{
    /// <summary>Where lines come from.</summary>
    public SourceKind Kind { get; init; }

    /// <summary>How files are compressed.</summary>
    public FileCompression Compression { get; init; }

    /// <summary>How comma-separated values are written.</summary>
    public CsvFormat Csv { get; init; } = new();

    /// <summary>Whether the first line is a heading.</summary>
    public bool HasHeading => Format == SourceFormat.Csv && Csv.HasHeading;

    /// <summary>Whether files are followed while they grow.</summary>
    public bool Follow { get; init; }

    /// <summary>How often a followed file is looked at.</summary>
    public TimeSpan Poll { get; init; }

    /// <summary>How long a followed file is silent before it holds no window open.</summary>
    public TimeSpan QuietAfter { get; init; }

    /// <summary>What requests are taken.</summary>
    public required HttpSourceOptions Http { get; init; }

    /// <summary>What traffic is made up.</summary>
    public required GeneratorOptions Generator { get; init; }
}

/// <summary>What requests are taken.</summary>
/// <param name="Listen">Address and port.</param>
/// <param name="Path">The path.</param>
/// <param name="Spool">The spool's folder.</param>
/// <param name="Token">Where the bearer token is.</param>
/// <param name="MaxRequestBytes">The largest body.</param>
/// <param name="SpoolBytes">How much the spool may hold.</param>
internal sealed record HttpSourceOptions(IPEndPoint Listen, string Path, string Spool, SecretPlace? Token, int MaxRequestBytes, long SpoolBytes);

/// <summary>What traffic is made up.</summary>
/// <param name="Traffic">How much, and which.</param>
/// <param name="Rate">Events per second; 0 for as many as are taken.</param>
internal sealed record GeneratorOptions(TrafficOptions Traffic, double Rate);
