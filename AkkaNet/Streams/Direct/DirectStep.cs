using Akka.Streams;
using Akka.Streams.Stage;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>A step of a directly composed graph: the stages that its node stands for, or none.</summary>
/// <remarks><b>Emits</b> what its stages pushed, in order, then the control that caused it. <b>Backpressures</b> when
/// downstream does. <b>Completes</b> when the reader's loop has sent everything and it has gone. <b>Cancels</b> and fails
/// the run when downstream cancels before; supervision is not asked, because one subject's row must not decide whether
/// those of others count.</remarks>
internal sealed class DirectStep<TFrom, TTo>(GraphNode node) : GraphStage<FlowShape<Batch<TFrom>, Batch<TTo>>>
    where TFrom : IStreamState
    where TTo : IStreamState
{
    private readonly Inlet<Batch<TFrom>> _inlet = new($"{node.Kind}.in");
    private readonly Outlet<Batch<TTo>> _outlet = new($"{node.Kind}.out");

    public override FlowShape<Batch<TFrom>, Batch<TTo>> Shape => new(_inlet, _outlet);

    protected override Attributes InitialAttributes => Attributes.CreateName(node.Kind);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, node);

    private sealed class Logic : InAndOutGraphStageLogic
    {
        private readonly DirectStep<TFrom, TTo> _stage;
        private readonly GraphNode _node;
        private readonly BatchOrder _order = new();
        private readonly HostOutlet<EventBatch> _pushed = new();
        private readonly Action<Exception> _stop;
        private IOutlet<EventBatch> _entry;
        private IReadOnlyList<IStageLink> _links = [];
        private int _place = -1;
        private long _number;

        public Logic(DirectStep<TFrom, TTo> stage, GraphNode node)
            : base(stage.Shape)
        {
            (_stage, _node, _entry) = (stage, node, _pushed);
            _stop = GetAsyncCallback<Exception>(Fail);
            SetHandlers(stage._inlet, stage._outlet, this);
        }

        public override void OnPush()
        {
            try
            {
                Process(_order.Accept(Grab(_stage._inlet)));
            }
            catch (Exception exception)
            {
                Fail(exception);
                return;
            }

            Advance();
        }

        public override void OnPull() => Advance();

        public override void OnUpstreamFinish()
        {
            if (_order.Session is { IsCompleting: false })
            {
                Fail(new PipelineException($"The stream ended in front of step '{_node.Kind}' before its input did. The last stored state stays in force."));
                return;
            }

            try
            {
                End(link => link.Complete());
                _pushed.Keep();
            }
            catch (Exception exception)
            {
                Fail(exception);
                return;
            }

            Advance();
        }

        public override void OnUpstreamFailure(Exception e) => Fail(e);

        public override void OnDownstreamFinish(Exception cause)
        {
            _order.Session?.Cancel(cause, $"step '{_node.Kind}'");
            base.OnDownstreamFinish(cause);
        }

        public override void PostStop()
        {
            var cause = new PipelineException("The stream was stopped from outside; the last stored state stays in force.");
            _order.Session?.Fail(cause);
            End(link => link.Fail(cause));
            _pushed.Clear();
            if (_place >= 0)
            {
                _order.Session!.Steps.Leave();
            }
        }

        private void Process(Signal<EventBatch> signal)
        {
            switch (signal.Control)
            {
                case null:
                    _entry.Push(signal.Element!);
                    break;
                case OpenControl:
                    _place = _order.Session!.Join(_node, _stop);
                    break;
                case BeginControl begin:
                    (_entry, _links) = begin.Lanes.Begin(_place, _pushed);
                    break;
                default:
                    foreach (var link in _links)
                    {
                        signal.Control.Apply(link, -1);
                    }

                    break;
            }

            _pushed.Keep();
            if (signal.Control is { } control)
            {
                _pushed.Enqueue(control);
            }
        }

        private void Advance()
        {
            if (!_pushed.IsEmpty)
            {
                if (IsAvailable(_stage._outlet))
                {
                    Push(_stage._outlet, new Batch<TTo>(_pushed.Take(), _number++, _order.Session!));
                }
            }
            else if (!IsClosed(_stage._inlet) && IsAvailable(_stage._outlet) && !HasBeenPulled(_stage._inlet))
            {
                Pull(_stage._inlet);
            }

            if (IsClosed(_stage._inlet) && _pushed.IsEmpty)
            {
                CompleteStage();
            }
        }

        private void Fail(Exception cause)
        {
            _order.Session?.Fail(cause);
            End(link => link.Fail(cause));
            FailStage(cause);
        }

        // Stages are told of their end once.
        private void End(Action<IStageLink> tell)
        {
            var links = _links;
            _links = [];
            foreach (var link in links)
            {
                tell(link);
            }
        }
    }
}
