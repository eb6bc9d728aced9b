using Akka.Streams;
using Akka.Streams.Stage;
using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>The last step of a directly composed graph: starts the run, closes the windows, and emits what the ledger has
/// charged and stored.</summary>
/// <remarks><b>Emits</b> releases of the outbox, in order. <b>Backpressures</b>: a page of releases that is not confirmed
/// holds up the reader's loop. <b>Completes</b> and fails when the run does. <b>Cancels</b>: when the releases are
/// cancelled the run drains; with a failure it fails.</remarks>
/// <param name="name">The sink's name, under which its place in the outbox is kept; null for none.</param>
/// <param name="confirmsByDemand">Whether the demand for a release confirms the one before; otherwise what comes from the
/// sink does.</param>
internal sealed class ReleaseStage<TState, TConfirm>(string? name, bool confirmsByDemand) : GraphStageWithMaterializedValue<ReleaseShape<TState, TConfirm>, DirectRun>
    where TState : IStreamState
{
    public override ReleaseShape<TState, TConfirm> Shape { get; } = new(new("release.in"), new("release.out"), new("release.confirmed"));

    /// <summary>Makes what closes the graph from the connector that it publishes through.</summary>
    public required Func<ReleaseDelivery?, GraphNode> End { get; init; }

    protected override Attributes InitialAttributes => Attributes.CreateName("release");

    public override ILogicAndMaterializedValue<DirectRun> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var run = new DirectRun(name ?? "pipeline");
        var delivery = name is null ? null : new ReleaseDelivery(name);
        return new LogicAndMaterializedValue<DirectRun>(new ReleaseLogic<TState, TConfirm>(Shape, run, delivery, End(delivery), confirmsByDemand), run);
    }
}
