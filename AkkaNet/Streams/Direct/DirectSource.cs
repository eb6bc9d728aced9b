using Akka.Streams.Dsl;
using RawLines = AkkaPrivacy.Engine.Graphs.RawLines;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>Sources that are opened where the stored state ends.</summary>
public static class DirectSource
{
    /// <summary>Opens a numbered input when the run knows where it goes on, say to seek in a log or a topic.</summary>
    /// <typeparam name="TMat">What the input materialises; not kept.</typeparam>
    /// <param name="pipeline">Keys, ledger, store, name, account, time rules.</param>
    /// <param name="open">Given the first offset that the stored state has not seen, 0 for none; may start before it.</param>
    /// <returns>The lines in batches; a parser follows.</returns>
    public static Source<Batch<RawLines>, Akka.NotUsed> From<TMat>(DirectPipeline pipeline, Func<long, Source<InputLine, TMat>> open) =>
        Source.Setup((_, _) =>
            {
                var session = new DirectSession(pipeline);
                return Source.FromTask(session.Position).ConcatMany(offset => open(offset).MapMaterializedValue(_ => Akka.NotUsed.Instance)).Via(new DirectEntry(() => session));
            })
            .MapMaterializedValue(_ => Akka.NotUsed.Instance);
}
