using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using GraphNode = AkkaPrivacy.Engine.Graphs.GraphNode;
using IgnoreNode = AkkaPrivacy.Engine.Graphs.IgnoreNode;
using IStreamState = AkkaPrivacy.Engine.Graphs.IStreamState;
using ReleasedValues = AkkaPrivacy.Engine.Graphs.ReleasedValues;
using TokenizedRows = AkkaPrivacy.Engine.Graphs.TokenizedRows;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>The ends of a directly composed graph. Each charges the ledger and stores the values in one transaction, with
/// the state of the windows; only then anything flows on.</summary>
public static class ReleaseSinks
{
    /// <summary>Leaves releases in the store.</summary>
    /// <returns>A sink; it materialises the run.</returns>
    public static Sink<Batch<ReleasedValues>, DirectRun> Store() => Closed<ReleasedValues>(new Engine.Graphs.SinkNode(null));

    /// <summary>Ends a graph whose queries all stand on branches.</summary>
    /// <returns>A sink; it materialises the run.</returns>
    public static Sink<Batch<TokenizedRows>, DirectRun> Ignore() => Closed<TokenizedRows>(new IgnoreNode());

    /// <summary>Sends stored releases to a sink, in order. Each counts as published when the sink demands the next one, so a
    /// sink that demands when it has done with an element gets every release at least once: after a failure those that were
    /// not published come again, whole pages of up to 256, under the same <see cref="Release.Id"/> and with the same values.
    /// What a sink has demanded ahead, into a buffer or across an asynchronous boundary, counts as published before it
    /// has done with it; use <see cref="Via{TConfirm,TMat}"/> there.</summary>
    /// <typeparam name="TMat">What the sink materialises.</typeparam>
    /// <param name="sink">Any sink. When it cancels the run drains; when it fails the run fails.</param>
    /// <param name="name">Its place in the outbox is kept under this name: 1 to 128 characters, unique in the pipeline.</param>
    /// <returns>A sink; it materialises the run and what the given one does.</returns>
    public static Sink<Batch<ReleasedValues>, (DirectRun Run, TMat Sink)> To<TMat>(Sink<Release, TMat> sink, string name = "akka") =>
        Sink.FromGraph(GraphDsl.Create(
            Stage<Akka.NotUsed>(name, confirmsByDemand: true),
            sink,
            (run, value) => (run, value),
            (builder, stage, to) =>
            {
                builder.From(stage.Releases).To(to);
                builder.From(builder.Add(Source.Empty<Akka.NotUsed>())).To(stage.Confirmations);
                return new SinkShape<Batch<ReleasedValues>>(stage.Batches);
            }));

    /// <summary>Sends stored releases through a flow, in order; each element that the flow emits confirms the oldest release
    /// that it was given. So every release is processed at least once, whatever the flow buffers: after a failure those that
    /// were not confirmed come again, whole pages of up to 256, under the same <see cref="Release.Id"/> and with the same
    /// values.</summary>
    /// <typeparam name="TConfirm">What the flow emits; not looked at.</typeparam>
    /// <typeparam name="TMat">What the flow materialises.</typeparam>
    /// <param name="flow">Emits one element for each release, in order. When it cancels or completes the run drains; when it
    /// fails, or emits more, the run fails.</param>
    /// <param name="name">Its place in the outbox is kept under this name: 1 to 128 characters, unique in the pipeline.</param>
    /// <returns>A sink; it materialises the run and what the flow does.</returns>
    public static Sink<Batch<ReleasedValues>, (DirectRun Run, TMat Flow)> Via<TConfirm, TMat>(Flow<Release, TConfirm, TMat> flow, string name = "akka") =>
        Sink.FromGraph(GraphDsl.Create(
            Stage<TConfirm>(name, confirmsByDemand: false),
            flow,
            (run, value) => (run, value),
            (builder, stage, through) =>
            {
                builder.From(stage.Releases).To(through.Inlet);
                builder.From(through.Outlet).To(stage.Confirmations);
                return new SinkShape<Batch<ReleasedValues>>(stage.Batches);
            }));

    private static ReleaseStage<ReleasedValues, TConfirm> Stage<TConfirm>(string name, bool confirmsByDemand) => new(name, confirmsByDemand)
    {
        End = delivery => new Engine.Graphs.SinkNode(delivery),
    };

    private static Sink<Batch<TState>, DirectRun> Closed<TState>(GraphNode end)
        where TState : IStreamState => Sink.FromGraph(GraphDsl.Create(
            new ReleaseStage<TState, Akka.NotUsed>(null, confirmsByDemand: true) { End = _ => end },
            (builder, stage) =>
            {
                builder.From(stage.Releases).To(builder.Add(Sink.Ignore<Release>()));
                builder.From(builder.Add(Source.Empty<Akka.NotUsed>())).To(stage.Confirmations);
                return new SinkShape<Batch<TState>>(stage.Batches);
            }));
}
