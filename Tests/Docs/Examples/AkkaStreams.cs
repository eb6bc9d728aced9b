using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using NotUsed = Akka.NotUsed;
using PipelineSettings = AkkaPrivacy.Engine.Graphs.PipelineSettings;
using RawLines = AkkaPrivacy.Engine.Graphs.RawLines;
using ReleasedValues = AkkaPrivacy.Engine.Graphs.ReleasedValues;

namespace AkkaPrivacy.Tests.Docs.Examples;

/// <summary>Pipelines composed from Akka's own sources, flows and sinks.</summary>
public static class AkkaStreams
{
    public static DirectPipeline Pipeline(EmbeddedRuntimeOptions options, PipelineSettings settings)
    {
        // <direct-pipeline>
        var pipeline = new DirectPipeline(options, settings);
        // </direct-pipeline>
        return pipeline;
    }

    public static (DirectRun Run, Task<Akka.Done> Sink) Run(
        DirectPipeline pipeline, DataMap map, Source<string, NotUsed> lines, Action<Release> show, ActorSystem system)
    {
        // <direct-graph>
        var (run, shown) = lines
            .InBatches(pipeline)
            .ParseJsonLines(map)
            .Tokenize()
            .Async()
            .Sample("user", rate: 1)
            .Buffer(4, OverflowStrategy.Backpressure)
            .Bound(new Bound
            {
                Subject = "user",
                GroupBy = ["page"],
                KnownKeys = [["/"], ["/prices"]],
                Bounds = new ContributionBounds { Groups = 2, RowsPerGroup = 3, Windows = 1 },
            })
            .TumblingWindow(TimeSpan.FromHours(1))
            .Count("views-per-page")
            .LaplaceNoise(epsilon: 1)
            .ToMaterialized(ReleaseSinks.To(Sink.ForEach<Release>(show)), Keep.Right)
            .Run(system.Materializer());
        // </direct-graph>
        return (run, shown);
    }

    public static async Task<RunSummary> StopAsync(DirectRun run)
    {
        // <direct-stop>
        run.KillSwitch.Shutdown();
        RunSummary summary = await run.Completion;
        // </direct-stop>
        return summary;
    }

    public static Source<Batch<RawLines>, NotUsed> Numbered(DirectPipeline pipeline, IReadOnlyList<string> log)
    {
        // <direct-offsets>
        Source<Batch<RawLines>, NotUsed> lines = DirectSource.From(pipeline, next => Source
            .From(Enumerable.Range((int)next, log.Count - (int)next))
            .Select(offset => new InputLine(offset, log[offset])));
        // </direct-offsets>
        return lines;
    }

    public static Sink<Batch<ReleasedValues>, (DirectRun Run, NotUsed Flow)> Confirmed(Func<Release, Task> writeAsync)
    {
        // <direct-confirm>
        Flow<Release, ReleaseId, NotUsed> write = Flow.Create<Release>().SelectAsync(parallelism: 8, async release =>
        {
            await writeAsync(release);
            return release.Id;
        });

        var sink = ReleaseSinks.Via(write, name: "warehouse");
        // </direct-confirm>
        return sink;
    }
}
