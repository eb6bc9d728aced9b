using System.Collections.Immutable;
using System.Globalization;
using AkkaPrivacy.Connectors.SqliteTable;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Demo.Traffic;
using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Demo;

/// <summary>The pipeline of <c>hocon/demo.conf</c>, which is part of the program, over made-up traffic.</summary>
internal static class DemoPipeline
{
    private const string Resource = "demo.conf";
    private const string Origin = "the demo";

    /// <summary>Reads the configuration. Each seed and number of events is a population of its own, so each has an
    /// account and a pipeline of its own; every run reads its traffic from the start.</summary>
    /// <param name="options">What the demo is asked for.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="ConfigurationException">The store's path is no path.</exception>
    public static PipelineOptions Configure(DemoOptions options)
    {
        var (seed, events) = (Text(options.Traffic.Seed), Text(options.Traffic.Events));
        var document = HoconDocument.Parse(ReadResource(), Resource)
            .WithOverride("pipeline.name", $"demo.seed-{seed}.events-{events}", Origin)
            .WithOverride("pipeline.account.name", $"\"demo/seed-{seed}/events-{events}\"", Origin)
            .WithOverride("pipeline.runtime.resume", "false", Origin)
            .WithOverride("pipeline.runtime.lanes", Text(options.Lanes), "--lanes")
            .WithOverride("pipeline.store.path", System.Text.Json.JsonSerializer.Serialize(options.Store), "--db");
        return PipelineConfiguration.Bind(document.Resolve()).Options;
    }

    /// <summary>Makes the graph: the configured one with the generator as its source.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="open">Makes the source.</param>
    /// <param name="sinks">Where releases go besides the store.</param>
    /// <returns>The graph.</returns>
    public static PipelineGraph Build(PipelineOptions options, Func<TrafficSource> open, IReadOnlyList<IReleaseSink> sinks)
    {
        var graph = new GraphBuilder(options, sinks).Build();
        var written = (SourceNode)graph.Nodes[0];
        return graph with { Nodes = graph.Nodes.SetItem(0, new SourceNode(written.Description, open, LineSchema.Instance)) };
    }

    /// <summary>The configured sinks.</summary>
    /// <param name="options">The configuration.</param>
    /// <returns>The sinks; the caller disposes of them.</returns>
    public static ImmutableArray<IReleaseSink> Sinks(PipelineOptions options) =>
    [
        .. options.Sinks.Where(sink => sink.Type == SinkType.SqliteTable).Select(sink => new SqliteTableSink(
            new SqliteTableOptions { Name = sink.Name, Path = sink.Path, Table = sink.Table, BusyTimeout = options.Store.BusyTimeout })),
    ];

    private static string ReadResource()
    {
        using var stream = typeof(DemoPipeline).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The program was built without {Resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
