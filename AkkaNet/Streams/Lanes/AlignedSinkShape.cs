using System.Collections.Immutable;
using Akka.Streams;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>A sink with several ways in.</summary>
internal sealed class AlignedSinkShape(ImmutableArray<Inlet<Signal<EventBatch>>> inlets) : Shape
{
    public override ImmutableArray<Inlet> Inlets { get; } = [.. inlets];

    public override ImmutableArray<Outlet> Outlets => [];

    public Inlet<Signal<EventBatch>> In(int way) => inlets[way];

    public override Shape DeepCopy() => new AlignedSinkShape([.. inlets.Select(inlet => (Inlet<Signal<EventBatch>>)inlet.CarbonCopy())]);

    public override Shape CopyFromPorts(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets) =>
        new AlignedSinkShape([.. inlets.Cast<Inlet<Signal<EventBatch>>>()]);
}
