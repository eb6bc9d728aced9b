using System.Text;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Stages;
using BranchNode = AkkaPrivacy.Engine.Graphs.BranchNode;
using IPipelineRun = AkkaPrivacy.Engine.Graphs.IPipelineRun;
using IPipelineRuntime = AkkaPrivacy.Engine.Graphs.IPipelineRuntime;
using IStreamState = AkkaPrivacy.Engine.Graphs.IStreamState;
using PipelineGraph = AkkaPrivacy.Engine.Graphs.PipelineGraph;
using RawLines = AkkaPrivacy.Engine.Graphs.RawLines;
using ReleasedValues = AkkaPrivacy.Engine.Graphs.ReleasedValues;
using SinkNode = AkkaPrivacy.Engine.Graphs.SinkNode;
using SourceNode = AkkaPrivacy.Engine.Graphs.SourceNode;
using TokenizedRows = AkkaPrivacy.Engine.Graphs.TokenizedRows;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

/// <summary>Composes the graph of a simulation from Akka's own operators: the source's lines are numbered elements, operators
/// that only delay stand between the steps, and the last query's releases go to an Akka sink.</summary>
internal sealed class DirectSimRuntime(ActorSystem system, EmbeddedRuntimeOptions options, Random random) : IPipelineRuntime
{
    public IPipelineRun Materialize(PipelineGraph graph)
    {
        var source = (SourceNode)graph.Nodes[0];
        var pipeline = new DirectPipeline(options, graph.Settings) { GatherFor = TimeSpan.FromMilliseconds(random.Next(3)), IdleAfter = TimeSpan.FromMilliseconds(5) };
        var branches = graph.Nodes.OfType<BranchNode>().ToList();
        var main = branches[^1].Nodes;
        var rows = DirectSource.From(pipeline, offset => Lines(source.Open(), offset)).Via(new DirectStep<RawLines, TokenizedRows>(graph.Nodes[1]));
        foreach (var node in graph.Nodes[2..^1].Where(node => node != branches[^1]).Concat(main[..^2]))
        {
            rows = Delay(rows.Via(new DirectStep<TokenizedRows, TokenizedRows>(node)));
        }

        var sink = ((SinkNode)main[^1]).Sink!;
        return Delay(rows)
            .Via(new DirectStep<TokenizedRows, ReleasedValues>(main[^2]))
            .ToMaterialized(End(sink), Keep.Right)
            .Run(system.Materializer());
    }

    private Sink<Batch<ReleasedValues>, DirectRun> End(IReleaseSink sink)
    {
        if (random.Next(2) == 0)
        {
            return ReleaseSinks.To(Sink.ForEach<Release>(release => sink.PublishAsync([release], default).AsTask().GetAwaiter().GetResult()), "main")
                .MapMaterializedValue(both => both.Run);
        }

        var publish = Flow.Create<Release>().Async().SelectAsync(1, async release =>
        {
            await sink.PublishAsync([release], default);
            return release.Id;
        });
        return ReleaseSinks.Via(publish.Async(), "main").MapMaterializedValue(both => both.Run);
    }

    private Source<Batch<T>, TMat> Delay<T, TMat>(Source<Batch<T>, TMat> batches)
        where T : IStreamState => random.Next(6) switch
        {
            0 => batches.Async(),
            1 => batches.Buffer(4, OverflowStrategy.Backpressure),
            2 => batches.Throttle(100_000, TimeSpan.FromSeconds(1), 100_000, ThrottleMode.Shaping),
            3 => batches.Recover(_ => Akka.Util.Option<Batch<T>>.None),
            4 => batches.Select(batch => batch),
            _ => batches,
        };

    private static Source<InputLine, Akka.NotUsed> Lines(IEventSource source, long offset)
    {
        var pool = new BatchPool();
        return Source.UnfoldAsync(false, async opened =>
            {
                if (!opened)
                {
                    await source.OpenAsync(
                        new SourceContext { Time = TimeProvider.System, DeadLetters = new DeadLetters(), Resume = [new SourcePosition("0", "", offset, offset)] }, default);
                }

                using var batch = pool.RentBatch();
                var read = await source.ReadAsync(batch, default);
                return read == SourceRead.End ? Akka.Util.Option<(bool, List<InputLine>)>.None : (true, Cut(batch));
            })
            .SelectMany(lines => lines);
    }

    private static List<InputLine> Cut(EventBatch batch)
    {
        var lines = new List<InputLine>();
        for (var row = 0; row < batch.Count; row++)
        {
            var column = batch.Text(LineSchema.LineSlot);
            lines.Add(new InputLine(batch.FirstPosition - 1 + row, Encoding.UTF8.GetString(column.Arena.Buffer.AsSpan(column.Spans[row].Offset, column.Spans[row].Length))));
        }

        return lines;
    }
}
