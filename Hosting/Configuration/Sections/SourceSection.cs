using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.source</c>.</summary>
internal static class SourceSection
{
    private static readonly Rule<SourceFormat> Format =
        Rules.Choice(("json-lines", SourceFormat.JsonLines), ("combined-log", SourceFormat.CombinedLog));

    private static readonly Rule<string> SourcePath = Rules.Path with { Allowed = "a file, a glob pattern, or \"-\" for standard input" };

    private static readonly Rule<long> MaxLine =
        Rules.Size(LineBatcher.SmallestMaxLineBytes, LineBatcher.LargestMaxLineBytes, "from 1KiB to 16MiB");

    private static readonly Rule<FileCompression> Compression = Rules.Choice(
        ("auto", FileCompression.Auto), ("none", FileCompression.None), ("gzip", FileCompression.Gzip), ("zstd", FileCompression.Zstd));

    public static SourceOptions Read(Section section)
    {
        var options = new SourceOptions(
            section.Require("type", Format, SourceFormat.JsonLines),
            section.Require("path", SourcePath, "-"),
            (int)section.Get("max-line", MaxLine, "1MiB"),
            section.Place)
        {
            Compression = section.Get("compression", Compression, "auto"),
        };
        section.Done();
        return options;
    }
}
