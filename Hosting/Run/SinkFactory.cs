using AkkaPrivacy.Connectors.ConsoleTable;
using AkkaPrivacy.Connectors.Csv;
using AkkaPrivacy.Connectors.JsonLines;
using AkkaPrivacy.Connectors.SqliteTable;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Hosting.Configuration.Options;

namespace AkkaPrivacy.Hosting.Run;

/// <summary>Makes the sinks that options describe.</summary>
internal static class SinkFactory
{
    /// <summary>Whether a sink writes to standard output.</summary>
    /// <param name="sink">Its options.</param>
    /// <returns>True when it does.</returns>
    public static bool IsOutput(SinkOptions sink) =>
        sink.Type == SinkType.Console || (sink.Type is SinkType.JsonLines or SinkType.Csv && sink.Path == "-");

    /// <summary>Makes a sink; nothing is opened by it.</summary>
    /// <param name="sink">Its options.</param>
    /// <param name="store">The store.</param>
    /// <param name="output">Standard output.</param>
    /// <returns>The sink.</returns>
    public static IReleaseSink Create(SinkOptions sink, StoreOptions store, TextWriter output) => sink.Type switch
    {
        SinkType.SqliteTable => new SqliteTableSink(new SqliteTableOptions
        {
            Path = sink.Path,
            Table = sink.Table,
            Name = sink.Name,
            BusyTimeout = store.BusyTimeout,
        }),
        SinkType.JsonLines => JsonLinesSink.To(sink.Path, sink.Name),
        SinkType.Csv => CsvSink.To(sink.Path, sink.Name),
        _ => new ConsoleSink(output, sink.Name),
    };
}
