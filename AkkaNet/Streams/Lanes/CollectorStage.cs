using Akka.Streams;
using Akka.Streams.Stage;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>The end of a branch in a lane: keeps the windows that fired until a control takes them.</summary>
/// <remarks>Always demands. For one materialisation.</remarks>
/// <param name="branch">The branch.</param>
/// <param name="stopped">Ends when the stage has stopped; fails with what stopped it.</param>
/// <param name="name">The stage's name.</param>
internal sealed class CollectorStage(int branch, TaskCompletionSource stopped, string name) : GraphStage<SinkShape<Signal<WindowAggregate>>>
{
    private readonly Inlet<Signal<WindowAggregate>> _inlet = new($"{name}.in");

    public override SinkShape<Signal<WindowAggregate>> Shape => new(_inlet);

    protected override Attributes InitialAttributes => Attributes.CreateName(name);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(Shape, branch, stopped);

    private sealed class Logic : InGraphStageLogic
    {
        private readonly Inlet<Signal<WindowAggregate>> _inlet;
        private readonly int _branch;
        private readonly List<FiredWindow> _fired = [];
        private readonly TaskCompletionSource _stopped;
        private Exception? _failure = new PipelineException("The actor system ended before the pipeline did; the last stored state stays in force.");

        public Logic(SinkShape<Signal<WindowAggregate>> shape, int branch, TaskCompletionSource stopped)
            : base(shape)
        {
            (_inlet, _branch, _stopped) = (shape.Inlet, branch, stopped);
            SetHandler(_inlet, this);
        }

        public override void PreStart() => Pull(_inlet);

        public override void OnPush()
        {
            var signal = Grab(_inlet);
            if (signal.Control is LaneControl control)
            {
                control.Arrive(_fired);
                _fired.Clear();
            }
            else
            {
                _fired.Add(new FiredWindow(_branch, signal.Element!));
            }

            Pull(_inlet);
        }

        public override void OnUpstreamFinish()
        {
            _failure = null;
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _failure = e;
            FailStage(e);
        }

        public override void PostStop()
        {
            if (_failure is null)
            {
                _stopped.TrySetResult();
            }
            else
            {
                _stopped.TrySetException(_failure);
            }
        }
    }
}
