using System.Net;
using System.Text.RegularExpressions;
using AkkaPrivacy.Connectors.Files;
using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Connectors.Http;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Demo.Traffic;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Operators.Parse;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.source</c>.</summary>
internal static partial class SourceSection
{
    private static readonly Rule<(SourceKind Kind, SourceFormat Format)> Type = Rules.Choice(
        ("json-lines", (SourceKind.Files, SourceFormat.JsonLines)), ("combined-log", (SourceKind.Files, SourceFormat.CombinedLog)),
        ("nginx-json", (SourceKind.Files, SourceFormat.NginxJson)), ("csv", (SourceKind.Files, SourceFormat.Csv)),
        ("http", (SourceKind.Http, SourceFormat.JsonLines)), ("generator", (SourceKind.Generator, SourceFormat.JsonLines)));

    private static readonly Rule<SourceFormat> Format = Rules.Choice(
        ("json-lines", SourceFormat.JsonLines), ("combined-log", SourceFormat.CombinedLog), ("nginx-json", SourceFormat.NginxJson));

    private static readonly Rule<string> SourcePath = Rules.Path with { Allowed = "a file, a glob pattern, or \"-\" for standard input" };

    private static readonly Rule<long> MaxLine =
        Rules.Size(LineBatcher.SmallestMaxLineBytes, LineBatcher.LargestMaxLineBytes, "from 1KiB to 16MiB");

    private static readonly Rule<FileCompression> Compression = Rules.Choice(
        ("auto", FileCompression.Auto), ("none", FileCompression.None), ("gzip", FileCompression.Gzip), ("zstd", FileCompression.Zstd));

    private static readonly Rule<TimeSpan> Poll = Rules.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "from 10ms to 1m");

    private static readonly Rule<TimeSpan> QuietAfter = Rules.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "from 1s to 1d");

    private static readonly Rule<char> Delimiter = new(
        "one printable ASCII character other than a quote, a letter, a digit, '.' and '-', or \"\\t\" for a tab",
        (HoconScalar s, out char v) =>
        {
            v = s.Text is [var c] ? c : '\0';
            return CsvFormat.IsDelimiter(v);
        });

    private static readonly Rule<string> Column = Rules.Text(ColumnPattern(), "the name of a column, 1 to 256 characters");

    private static readonly Rule<IPEndPoint> Listen = new(
        "an IP address and a port, such as \"127.0.0.1:8480\"",
        (HoconScalar s, out IPEndPoint v) => IPEndPoint.TryParse(s.Text, out v!) && s.Text.Contains(':', StringComparison.Ordinal));

    private static readonly Rule<string> UrlPath = new(
        "a path such as /events: letters, digits and - . _ ~ /",
        (HoconScalar s, out string v) => HttpIngestOptions.IsPath(v = s.Text));

    public static SourceOptions Read(Section section, StoreOptions store)
    {
        var (kind, format) = section.Require("type", Type, (SourceKind.Files, SourceFormat.JsonLines));
        // Beside the other types a path is ignored, so that --set can change the type of a pipeline that has one.
        var path = string.Empty;
        if (kind == SourceKind.Files)
        {
            path = section.Require("path", SourcePath, "-");
        }
        else
        {
            section.TryGet("path", SourcePath, out _);
        }

        var http = section.Child("http");
        var httpFormat = http.Get("format", Format, "json-lines");
        var options = new SourceOptions(
            kind == SourceKind.Http ? httpFormat : format,
            path,
            (int)section.Get("max-line", MaxLine, "1MiB"),
            section.Place)
        {
            Kind = kind,
            Compression = section.Get("compression", Compression, "auto"),
            Csv = ReadCsv(section.Child("csv")),
            Follow = section.Get("follow", Rules.Boolean, "false"),
            Poll = section.Get("poll", Poll, "250ms"),
            QuietAfter = section.Get("quiet-after", QuietAfter, "1m"),
            Http = ReadHttp(http, store),
            Generator = ReadGenerator(section.Child("generator")),
        };
        CheckFollow(section, options);
        section.Done();
        return options;
    }

    private static void CheckFollow(Section section, SourceOptions options)
    {
        if (options.Follow && (options.Kind != SourceKind.Files || options.Path == LineFileOptions.StandardInput || options.Compression is FileCompression.Gzip or FileCompression.Zstd))
        {
            section.Error("follow", "found 'true'; allowed is false, except for files that are not compressed");
        }
    }

    private static CsvFormat ReadCsv(Section section)
    {
        var format = new CsvFormat
        {
            Delimiter = section.Get("delimiter", Delimiter, ","),
            HasHeading = section.Get("heading", Rules.Boolean, "true"),
            Columns = [.. section.List("columns", Column)],
        };
        section.Done();
        var mistakes = format.Validate().ToList();
        mistakes.ForEach(mistake => section.Error(mistake.Option.ToLowerInvariant(), mistake.Message));
        return mistakes.Count == 0 ? format : new CsvFormat();
    }

    private static HttpSourceOptions ReadHttp(Section section, StoreOptions store)
    {
        var options = new HttpSourceOptions(
            section.Get("listen", Listen, "127.0.0.1:8480"),
            section.Get("path", UrlPath, "/events"),
            section.TryGet("spool", Rules.Path, out var spool) ? spool : store.Path + ".spool",
            SecretSection.Read(section, "token"),
            (int)section.Get("max-request", Rules.Size(1024, 64 << 20, "from 1KiB to 64MiB"), "4MiB"),
            section.Get("spool-size", Rules.Size(1 << 20, 1L << 40, "from 1MiB to 1TiB"), "1GiB"));
        section.Done();
        return options;
    }

    private static GeneratorOptions ReadGenerator(Section section)
    {
        var options = new GeneratorOptions(
            new TrafficOptions(
                section.Get("events", Rules.Integer(1, (int)TrafficOptions.MaxEvents), "100000"),
                (ulong)section.Get("seed", Rules.Integer(0, int.MaxValue), "1")),
            section.Get("rate", Rules.Number(0.01, 1e7, orZero: true), "0"));
        section.Done();
        return options;
    }

    [GeneratedRegex(@"\A[^\p{Cc}]{1,256}\z")]
    private static partial Regex ColumnPattern();
}
