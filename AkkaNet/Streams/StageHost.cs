using Akka.Streams;
using Akka.Streams.Stage;

namespace AkkaPrivacy.AkkaNet.Streams;

/// <summary>
/// Hosts any <see cref="Engine.Stages.Stage{TIn,TOut}"/> in Akka.Streams: starts it in PreStart, feeds it elements and
/// controls in order, and completes or fails it exactly once.
/// </summary>
/// <remarks>
/// <b>Emits</b> what the stage pushed, in order, then the control that caused it.
/// <b>Backpressures</b> when downstream does: it pulls only on demand and when everything that was pushed has gone.
/// <b>Completes</b> when upstream did and what the stage pushed at its end has gone.
/// <b>Cancels</b> when downstream does; a failure on either side goes on to the other.
/// <b>Supervision</b>: the decider is asked for elements only. A control that fails stops the stream, because a barrier
/// that some stages passed and others did not is none.
/// </remarks>
internal sealed class StageHost<TIn, TOut>(HostedStage<TIn, TOut> hosted, string name) : GraphStage<FlowShape<Signal<TIn>, Signal<TOut>>>
{
    private readonly Inlet<Signal<TIn>> _inlet = new($"{name}.in");
    private readonly Outlet<Signal<TOut>> _outlet = new($"{name}.out");

    public override FlowShape<Signal<TIn>, Signal<TOut>> Shape => new(_inlet, _outlet);

    protected override Attributes InitialAttributes => Attributes.CreateName(name);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new StageHostLogic<TIn, TOut>(Shape, hosted, inheritedAttributes);
}
