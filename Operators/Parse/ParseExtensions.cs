using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Parsers as parts of a graph.</summary>
public static class ParseExtensions
{
    /// <summary>Parses JSON lines into the fields of a data map; other fields are dropped and counted.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The lines.</param>
    /// <param name="map">The fields.</param>
    /// <returns>The rows, with identifiers in the clear.</returns>
    public static Source<RawRows, TMat> ParseJsonLines<TMat>(this Source<RawLines, TMat> source, DataMap map) =>
        source.Via(Flow.Single<RawLines, RawRows>(new ParseJsonLines(map)));

    /// <summary>Parses records of comma-separated values into the fields of a data map; other columns are dropped and counted.
    /// The source cuts them as such: <c>QuotedRecords</c>, and <c>HasHeading</c> where there is one.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The records.</param>
    /// <param name="map">The fields.</param>
    /// <param name="format">How the values are written. Default: with commas and a heading.</param>
    /// <returns>The rows, with identifiers in the clear.</returns>
    public static Source<RawRows, TMat> ParseCsv<TMat>(this Source<RawLines, TMat> source, DataMap map, CsvFormat? format = null) =>
        source.Via(Flow.Single<RawLines, RawRows>(new ParseCsv(map, format)));

    /// <summary>Parses the JSON lines of an nginx log into the fields of a data map; other fields are dropped and counted.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The lines.</param>
    /// <param name="map">The fields.</param>
    /// <returns>The rows, with identifiers in the clear.</returns>
    public static Source<RawRows, TMat> ParseNginxJson<TMat>(this Source<RawLines, TMat> source, DataMap map) =>
        source.Via(Flow.Single<RawLines, RawRows>(new ParseNginxJson(map)));

    /// <summary>Parses access logs in the combined or common format into the fields of a data map.</summary>
    /// <typeparam name="TMat">The materialised value.</typeparam>
    /// <param name="source">The lines.</param>
    /// <param name="map">The fields.</param>
    /// <returns>The rows, with identifiers in the clear.</returns>
    public static Source<RawRows, TMat> ParseCombinedLog<TMat>(this Source<RawLines, TMat> source, DataMap map) =>
        source.Via(Flow.Single<RawLines, RawRows>(new ParseCombinedLog(map)));
}
