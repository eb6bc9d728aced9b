using Akka.Streams;
using Akka.Streams.Stage;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>The first step of a directly composed graph: gives lines to the reader's loop and sends on what the loop
/// dispatches.</summary>
/// <remarks><b>Emits</b> batches and controls of the loop. <b>Backpressures</b> when the lines of a batch wait. Demands
/// lines when the run has been opened. <b>Completes</b> when the loop has sent everything, which a completion of the lines
/// causes. <b>Cancels</b> when downstream does, or the run ends.</remarks>
internal sealed class DirectEntry(Func<DirectSession> open) : GraphStage<FlowShape<InputLine, Batch<RawLines>>>
{
    private readonly Inlet<InputLine> _inlet = new("lines.in");
    private readonly Outlet<Batch<RawLines>> _outlet = new("lines.out");

    public override FlowShape<InputLine, Batch<RawLines>> Shape => new(_inlet, _outlet);

    protected override Attributes InitialAttributes => Attributes.CreateName(DirectInput.Partition);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, open());

    private sealed class Logic : TimerGraphStageLogic
    {
        private const string Quiet = "quiet";
        private readonly DirectEntry _stage;
        private readonly DirectSession _session;
        private readonly Action _readable;
        private bool _waiting;
        private bool _wanted;
        private int _quiet;
        private long _number;

        public Logic(DirectEntry stage, DirectSession session)
            : base(stage.Shape)
        {
            (_stage, _session) = (stage, session);
            _readable = GetAsyncCallback(OnReadable);
            _session.Lines.Wanted = GetAsyncCallback(OnWanted);
            SetHandler(stage._inlet, OnPush, _session.Lines.End, OnUpstreamFailure);
            SetHandler(stage._outlet, OnPull, OnDownstreamFinish);
        }

        public override void PreStart()
        {
            _session.Join(null, GetAsyncCallback<Exception>(FailStage));
            ScheduleRepeatedly(Quiet, _session.IdleAfter);
        }

        public override void PostStop()
        {
            _session.Fail(new PipelineException("The stream was stopped from outside; the last stored state stays in force."));
            _session.Steps.Leave();
        }

        // An operator that dropped the last batch, or waits for more to come, is found by what comes next. Less and less often,
        // because a throttled stream has better to do.
        protected override void OnTimer(object timerKey)
        {
            _quiet++;
            if (_number > 0 && IsAvailable(_stage._outlet) && System.Numerics.BitOperations.IsPow2(_quiet))
            {
                var quiet = _quiet;
                Send(Signal<EventBatch>.Of(new ProbeControl()));
                _quiet = quiet;
            }
        }

        private void OnPush()
        {
            _wanted = _session.Lines.Add(Grab(_stage._inlet));
            PullLine();
        }

        private void OnPull()
        {
            if (_number == 0)
            {
                Send(Signal<EventBatch>.Of(new OpenControl()));
                return;
            }

            Advance();
        }

        private void OnUpstreamFailure(Exception e) => _session.Lines.Fail(e.GetBaseException() is SourceException failure
            ? failure
            : new SourceException($"The source of lines failed with {e.GetBaseException().GetType().Name}. What was read before is kept."));

        private void OnDownstreamFinish(Exception cause)
        {
            _session.Cancel(cause, "the lines");
            CancelStage(cause);
        }

        private void OnWanted()
        {
            _wanted = true;
            PullLine();
        }

        private void PullLine()
        {
            if (_wanted && !HasBeenPulled(_stage._inlet) && !IsClosed(_stage._inlet))
            {
                Pull(_stage._inlet);
            }
        }

        private void OnReadable()
        {
            _waiting = false;
            Advance();
        }

        private void Advance()
        {
            if (!IsAvailable(_stage._outlet) || _waiting)
            {
                return;
            }

            if (_session.Output.Reader.TryRead(out var signal))
            {
                Send(signal);
                return;
            }

            var readable = _session.Output.Reader.WaitToReadAsync();
            if (!readable.IsCompletedSuccessfully)
            {
                _waiting = true;
                readable.AsTask().ContinueWith(_ => _readable(), TaskScheduler.Default);
            }
            else if (readable.Result)
            {
                Advance();
            }
            else
            {
                CompleteStage();
            }
        }

        private void Send(Signal<EventBatch> signal)
        {
            _quiet = 0;
            Push(_stage._outlet, new Batch<RawLines>(signal, _number++, _session));
        }
    }
}
