using System.Collections.Immutable;
using Akka.Streams;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>Batches in, releases out, confirmations in.</summary>
internal sealed class ReleaseShape<TState, TConfirm>(Inlet<Batch<TState>> batches, Outlet<Release> releases, Inlet<TConfirm> confirmations) : Shape
    where TState : IStreamState
{
    public Inlet<Batch<TState>> Batches => batches;

    public Outlet<Release> Releases => releases;

    public Inlet<TConfirm> Confirmations => confirmations;

    public override ImmutableArray<Inlet> Inlets => [batches, confirmations];

    public override ImmutableArray<Outlet> Outlets => [releases];

    public override Shape DeepCopy() => new ReleaseShape<TState, TConfirm>(
        (Inlet<Batch<TState>>)batches.CarbonCopy(), (Outlet<Release>)releases.CarbonCopy(), (Inlet<TConfirm>)confirmations.CarbonCopy());

    public override Shape CopyFromPorts(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets) => new ReleaseShape<TState, TConfirm>(
        (Inlet<Batch<TState>>)inlets[0], (Outlet<Release>)outlets[0], (Inlet<TConfirm>)inlets[1]);
}
