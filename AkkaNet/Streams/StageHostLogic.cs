using Akka.Streams;
using Akka.Streams.Stage;
using Akka.Streams.Supervision;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.AkkaNet.Streams;

/// <summary>One materialisation of a <see cref="StageHost{TIn,TOut}"/>. Runs on its island's actor, one call at a time.</summary>
internal sealed class StageHostLogic<TIn, TOut> : TimerGraphStageLogic
{
    private const string IdleTimer = "idle";
    private readonly Inlet<Signal<TIn>> _inlet;
    private readonly Outlet<Signal<TOut>> _outlet;
    private readonly HostedStage<TIn, TOut> _hosted;
    private readonly StageContext _context;
    private readonly HostOutlet<TOut> _pushed = new();
    private readonly FailedRows _failedRows = new();
    private readonly Decider _decider;
    private readonly bool _asksDecider;
    private readonly TimeSpan? _idleAfter;
    private IStageLink _link = null!;
    private IOutlet<TIn> _entry = null!;
    private ReadOnlyMemory<byte>? _state;
    private bool _ended;
    private bool _active;

    public StageHostLogic(FlowShape<Signal<TIn>, Signal<TOut>> shape, HostedStage<TIn, TOut> hosted, Attributes attributes)
        : base(shape)
    {
        _inlet = shape.Inlet;
        _outlet = shape.Outlet;
        _hosted = hosted;
        _context = hosted.Context();
        _decider = attributes.GetAttribute(new ActorAttributes.SupervisionStrategy(Deciders.StoppingDecider)).Decider;
        _asksDecider = !ReferenceEquals(_decider, Deciders.StoppingDecider);
        _idleAfter = attributes.GetAttribute<HostAttributes.IdleTime>(null!)?.Time;
        SetHandler(_inlet, OnPush, OnUpstreamFinish, OnUpstreamFailure);
        SetHandler(_outlet, Advance, OnDownstreamFinish);
    }

    public override void PreStart()
    {
        _hosted.Entered?.Invoke();
        _state = _hosted.State?.Invoke();
        if (!Try(StartStage))
        {
            return;
        }

        if (_idleAfter is { } time)
        {
            ScheduleRepeatedly(IdleTimer, time);
        }
    }

    public override void PostStop()
    {
        End(new PipelineException("The stream was stopped from outside; the last stored state stays in force."));
        _pushed.Clear();
        _hosted.Stopped?.Invoke();
    }

    protected override void OnTimer(object timerKey)
    {
        if (!_active && !_ended && _pushed.IsEmpty && Try(_link.OnIdle))
        {
            _pushed.Keep();
            Advance();
        }

        _active = false;
    }

    private void OnPush()
    {
        _active = true;
        var signal = Grab(_inlet);
        if (signal.Control is { } control)
        {
            if (!Try(() => Apply(control)))
            {
                return;
            }
        }
        else if (!Process(signal.Element!))
        {
            return;
        }

        Advance();
    }

    private void Apply(Control control)
    {
        control.Apply(_link, _hosted.Branch);
        _state = control.StateOf(_link) ?? _state;
        _pushed.Keep();
        _pushed.Enqueue(control);
    }

    // False when the stream has failed.
    private bool Process(TIn element)
    {
        if (_asksDecider)
        {
            _failedRows.Remember(element);
        }

        try
        {
            _entry.Push(element);
            _pushed.Keep();
            return true;
        }
        catch (StageFailedException exception) when (_asksDecider)
        {
            return Supervise(element, exception, _decider(exception));
        }
        catch (Exception exception)
        {
            Forget(element);
            Fail(exception);
            return false;
        }
    }

    private bool Supervise(TIn element, StageFailedException exception, Directive directive)
    {
        Forget(element);
        if (directive == Directive.Stop)
        {
            Fail(exception);
            return false;
        }

        _failedRows.Report(_context.DeadLetters);
        return directive == Directive.Resume || Try(() => Restart(exception));
    }

    // A batch of which no row is left was given back by the stage before it threw.
    private void Forget(TIn element)
    {
        if (!_pushed.Discard(element) && element is not EventBatch { Count: 0 })
        {
            (element as IDisposable)?.Dispose();
        }
    }

    private void Restart(Exception cause)
    {
        _link.Fail(cause);
        StartStage();
    }

    private void StartStage()
    {
        var link = new StageLink<TIn, TOut>(_hosted.Create(), _context, _pushed, _hosted.RowsIn, _hosted.RowsOut);
        (_link, _entry) = (link, link);
        link.Start();
        if (_state is { } state)
        {
            LaneStates.Restore(link, state);
        }

        _hosted.Started?.Invoke(link);
    }

    private void Advance()
    {
        if (!_pushed.IsEmpty)
        {
            if (IsAvailable(_outlet))
            {
                Push(_outlet, _pushed.Take());
            }
        }
        else if (!_ended && IsAvailable(_outlet) && !HasBeenPulled(_inlet) && !IsClosed(_inlet))
        {
            Pull(_inlet);
        }

        if (_ended && _pushed.IsEmpty)
        {
            CompleteStage();
        }
    }

    private void OnUpstreamFinish()
    {
        if (_ended)
        {
            return;
        }

        if (Try(_link.Complete))
        {
            _ended = true;
            _pushed.Keep();
            Advance();
        }
    }

    private void OnUpstreamFailure(Exception cause)
    {
        End(cause);
        FailStage(cause);
    }

    private void OnDownstreamFinish(Exception cause)
    {
        End(cause);
        if (cause is SubscriptionWithCancelException.NonFailureCancellation)
        {
            CompleteStage();
        }
        else
        {
            FailStage(cause);
        }
    }

    private bool Try(Action call)
    {
        try
        {
            call();
            return true;
        }
        catch (Exception exception)
        {
            Fail(exception);
            return false;
        }
    }

    private void Fail(Exception exception)
    {
        _hosted.Failed?.Invoke(exception);
        End(exception);
        FailStage(exception);
    }

    private void End(Exception cause)
    {
        if (!_ended)
        {
            _ended = true;
            _link?.Fail(cause);
        }
    }
}
