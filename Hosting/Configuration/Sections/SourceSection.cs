using System.Text.RegularExpressions;
using AkkaPrivacy.Connectors.Files.Compression;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Parse;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.source</c>.</summary>
internal static partial class SourceSection
{
    private static readonly Rule<SourceFormat> Format =
        Rules.Choice(("json-lines", SourceFormat.JsonLines), ("combined-log", SourceFormat.CombinedLog), ("nginx-json", SourceFormat.NginxJson), ("csv", SourceFormat.Csv));

    private static readonly Rule<string> SourcePath = Rules.Path with { Allowed = "a file, a glob pattern, or \"-\" for standard input" };

    private static readonly Rule<long> MaxLine =
        Rules.Size(LineBatcher.SmallestMaxLineBytes, LineBatcher.LargestMaxLineBytes, "from 1KiB to 16MiB");

    private static readonly Rule<FileCompression> Compression = Rules.Choice(
        ("auto", FileCompression.Auto), ("none", FileCompression.None), ("gzip", FileCompression.Gzip), ("zstd", FileCompression.Zstd));

    private static readonly Rule<char> Delimiter = new(
        "one printable ASCII character other than a quote, a letter, a digit, '.' and '-', or \"\\t\" for a tab",
        (Hocon.HoconScalar s, out char v) =>
        {
            v = s.Text is [var c] ? c : '\0';
            return CsvFormat.IsDelimiter(v);
        });

    private static readonly Rule<string> Column = Rules.Text(ColumnPattern(), "the name of a column, 1 to 256 characters");

    public static SourceOptions Read(Section section)
    {
        var options = new SourceOptions(
            section.Require("type", Format, SourceFormat.JsonLines),
            section.Require("path", SourcePath, "-"),
            (int)section.Get("max-line", MaxLine, "1MiB"),
            section.Place)
        {
            Compression = section.Get("compression", Compression, "auto"),
            Csv = ReadCsv(section.Child("csv")),
        };
        section.Done();
        return options;
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

    [GeneratedRegex(@"\A[^\p{Cc}]{1,256}\z")]
    private static partial Regex ColumnPattern();
}
