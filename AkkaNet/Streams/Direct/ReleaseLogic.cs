using Akka.Streams;
using Akka.Streams.Stage;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>One materialisation of a <see cref="ReleaseStage{TState,TConfirm}"/>.</summary>
internal sealed class ReleaseLogic<TState, TConfirm> : GraphStageLogic
    where TState : IStreamState
{
    private readonly ReleaseShape<TState, TConfirm> _shape;
    private readonly DirectRun _run;
    private readonly ReleaseDelivery? _delivery;
    private readonly GraphNode _end;
    private readonly bool _confirmsByDemand;
    private readonly BatchOrder _order = new();
    private readonly Action<Exception> _stop;
    private readonly Action<Task<RunSummary>> _ended;
    private IOutlet<EventBatch> _entry = null!;
    private IReadOnlyList<IStageLink> _links = [];
    private SubjectLane? _subjects;
    private bool _joined;
    private bool _emitted;

    public ReleaseLogic(ReleaseShape<TState, TConfirm> shape, DirectRun run, ReleaseDelivery? delivery, GraphNode end, bool confirmsByDemand)
        : base(shape)
    {
        (_shape, _run, _delivery, _end, _confirmsByDemand) = (shape, run, delivery, end, confirmsByDemand);
        _stop = GetAsyncCallback<Exception>(Fail);
        _ended = GetAsyncCallback<Task<RunSummary>>(OnEnded);
        if (delivery is not null)
        {
            delivery.Offered = GetAsyncCallback(Offer);
        }

        SetHandler(shape.Batches, OnPush, OnInputFinish, Fail);
        SetHandler(shape.Releases, OnPull, OnCancelled);
        SetHandler(shape.Confirmations, OnConfirmed, OnConfirmationsEnd, OnConfirmationsFailure);
    }

    public override void PreStart()
    {
        Pull(_shape.Batches);
        if (!_confirmsByDemand)
        {
            Pull(_shape.Confirmations);
        }
    }

    public override void PostStop()
    {
        var cause = new PipelineException("The stream was stopped from outside; the last stored state stays in force.");
        Fail(cause, false);
        _delivery?.Close(cause);
        if (_run.Run is null)
        {
            _run.Fail(cause);
        }
    }

    private void OnPush()
    {
        try
        {
            Process(_order.Accept(Grab(_shape.Batches)));
        }
        catch (Exception exception)
        {
            Fail(exception);
            return;
        }

        TryPull(_shape.Batches);
    }

    private void Process(Signal<EventBatch> signal)
    {
        switch (signal.Control)
        {
            case null:
                _entry.Push(signal.Element!);
                break;
            case OpenControl:
                Start();
                break;
            case BeginControl begin:
                (_entry, _links, _subjects) = begin.Lanes.BeginLast();
                begin.Arrive([]);
                break;
            case FireControl fire:
                Fire(fire);
                break;
            case DirectControl control:
                Apply(control, -1);
                control.Arrive([]);
                break;
        }
    }

    private void Start()
    {
        var session = _order.Session!;
        session.Join(null, _stop);
        _joined = true;
        var run = session.Start(_end);
        _run.Started(run, Abort);
        run.Completion.ContinueWith(
            ended =>
            {
                _run.End(ended);
                _ended(ended);
            },
            TaskScheduler.Default);
    }

    // On any thread.
    private void Abort(Exception cause)
    {
        var aborted = new PipelineException("The pipeline was aborted; the last stored state stays in force.", cause);
        _order.Session!.Fail(aborted);
        _delivery?.Close(aborted);
    }

    private void Fire(FireControl fire)
    {
        foreach (var link in _links)
        {
            fire.Apply(link, -1);
        }

        if (fire.Barrier.Frontiers is { } frontiers)
        {
            _subjects!.OnFrontier(frontiers);
        }

        foreach (var link in _subjects!.Links)
        {
            fire.Apply(link, 0);
        }

        fire.Arrive(_subjects.TakeFired());
    }

    private void Apply(Control control, int branch)
    {
        foreach (var link in _links.Concat(_subjects!.Links))
        {
            control.Apply(link, branch);
        }
    }

    // The releases go on: the last ones are published when the lanes have ended.
    private void OnInputFinish()
    {
        if (_order.Session is not { IsCompleting: true })
        {
            Fail(new PipelineException("The stream ended in front of its last step before its input did. The last stored state stays in force."));
            return;
        }

        try
        {
            End(link => link.Complete());
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void OnPull()
    {
        if (_confirmsByDemand && _emitted)
        {
            _emitted = false;
            _delivery?.Confirm();
        }

        Offer();
    }

    private void Offer()
    {
        if (_delivery is not null && IsAvailable(_shape.Releases) && _delivery.TryTake(out var release))
        {
            _emitted = true;
            Push(_shape.Releases, release!);
        }
    }

    private void OnConfirmed()
    {
        Grab(_shape.Confirmations);
        if (_delivery is { } delivery && !delivery.Confirm())
        {
            Fail(new SinkException($"The flow of sink '{delivery.Name}' emitted more than one element for a release. What is not confirmed is published again by the next run."));
            return;
        }

        TryPull(_shape.Confirmations);
    }

    private void OnConfirmationsEnd()
    {
        if (!_confirmsByDemand && !IsClosed(_shape.Releases))
        {
            OnCancelled(SubscriptionWithCancelException.NoMoreElementsNeeded.Instance);
        }
    }

    private void OnConfirmationsFailure(Exception cause) => OnCancelled(cause);

    private void OnCancelled(Exception cause)
    {
        if (_delivery is null)
        {
            return;
        }

        if (cause is SubscriptionWithCancelException.NonFailureCancellation)
        {
            _delivery.Close(new SinkException($"Sink '{_delivery.Name}' cancelled before it had confirmed all releases. The others are published again by the next run."));
            _run.KillSwitch.Shutdown();
            return;
        }

        var failure = new SinkException($"Sink '{_delivery.Name}' failed with {cause.GetType().Name}. What it did not confirm is published again by the next run.");
        _delivery.Close(failure);
        Fail(failure);
    }

    private void OnEnded(Task<RunSummary> ended)
    {
        if (ended.IsCompletedSuccessfully)
        {
            _order.Session!.Complete();
            CompleteStage();
        }
        else
        {
            var cause = ended.Exception!.GetBaseException();
            _order.Session!.Stop(cause);
            Fail(cause);
        }
    }

    private void Fail(Exception cause) => Fail(cause, true);

    private void Fail(Exception cause, bool failsStage)
    {
        if (_order.Session is { } session)
        {
            session.Fail(cause);
            End(link => link.Fail(cause));
            Leave(session);
        }

        if (failsStage)
        {
            _delivery?.Close(cause);
            if (_run.Run is null)
            {
                _run.Fail(DirectFailures.Safe(cause));
            }

            FailStage(cause);
        }
    }

    private void End(Action<IStageLink> tell)
    {
        var links = _links.Concat(_subjects?.Links ?? []).ToList();
        (_links, _subjects) = ([], null);
        links.ForEach(tell);
        if (_order.Session is { } session)
        {
            Leave(session);
        }
    }

    private void Leave(DirectSession session)
    {
        if (_joined)
        {
            _joined = false;
            session.Steps.Leave();
        }
    }
}
