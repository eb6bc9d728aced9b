using Akka.Actor;
using Akka.Event;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Singleton.Ownership;

/// <summary>Offers one pipeline on one node, runs it while this node owns it, and lets go of it after it has drained.</summary>
internal sealed class PipelineAgent : ReceiveActor, IWithTimers
{
    private readonly PipelineAgentOptions _options;
    private readonly MachineClient<OwnerState, OwnerCommand, OwnerEvent> _owner;
    private readonly TaskCompletionSource<RunSummary?> _result;
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _waiting = [];
    private readonly string _self;
    private IPipelineRun? _run;
    private RunEnded? _ended;
    private long _epoch;
    private bool _asking;
    private bool _draining;
    private bool _takenOver;
    private bool _abortedAtOnce;
    private DateTimeOffset _releaseUntil;
    private SilenceWatch _silence = null!;

    public PipelineAgent(PipelineAgentOptions options, MachineClient<OwnerState, OwnerCommand, OwnerEvent> owner, TaskCompletionSource<RunSummary?> result)
    {
        (_options, _owner, _result, _self) = (options, owner, result, NodeIncarnation.Of(_cluster.SelfUniqueAddress));
        Receive<AgentTick>(_ => OnTick());
        Receive<OfferAnswered>(OnAnswer);
        Receive<RunEnded>(OnEnded);
        Receive<ReleaseAnswered>(answer => OnReleased(answer.Accepted));
        Receive<AgentDrain>(_ => Drain());
        Receive<AgentAbort>(_ => AbortAtOnce());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _silence = new SilenceWatch(_options, Now());
        Timers.StartPeriodicTimer("tick", AgentTick.Instance, TimeSpan.Zero, _options.OfferInterval);
        base.PreStart();
    }

    // Whatever ends this actor ends the run: nobody would drain it or tell of its end.
    protected override void PostStop()
    {
        if (_ended is null)
        {
            _run?.KillSwitch.Abort(new PipelineException("The node's actor system ended."));
            _result.TrySetException(new PipelineException("The node left the cluster, or was removed from it, before the run ended. What was stored stays; the node that takes over goes on from there."));
        }

        base.PostStop();
    }

    private void OnTick()
    {
        if (_asking)
        {
            return;
        }

        if (_ended is not null)
        {
            TellReleased();
        }
        else if (!_draining || _run is not null)
        {
            _asking = true;
            OfferAsync(_self).PipeTo(Self);
        }
    }

    private async Task<OfferAnswered> OfferAsync(string self)
    {
        try
        {
            return new OfferAnswered(await _owner.AskAsync(new OfferToRun(_options.Pipeline, self, _options.Plan)).ConfigureAwait(false), null);
        }
        catch (AskTimeoutException)
        {
            return new OfferAnswered(null, null);
        }
        catch (MachineFormatException exception)
        {
            return new OfferAnswered(null, exception.Message);
        }
    }

    private void OnAnswer(OfferAnswered answered)
    {
        _asking = false;
        _silence.Note(answered.Answer is not null || answered.Failure is not null, Now(), _run is not null);
        if (_ended is not null)
        {
            return;
        }

        var refused = answered.Failure ?? answered.Answer?.Rejection;
        if (refused is not null)
        {
            OnRefused(refused);
        }
        else if (answered.Answer?.State.Pipelines.GetValueOrDefault(_options.Pipeline) is { } ownership)
        {
            Follow(ownership);
        }

        if (_draining && _run is null && _ended is null)
        {
            EndUnused();
        }
    }

    private void OnRefused(string reason)
    {
        _log.Warning("Pipeline {0} is not run here: {1}", _options.Pipeline, reason);
        if (_run is not null)
        {
            Abort();
        }
        else if (reason.StartsWith(PipelineOwner.OtherPlan, StringComparison.Ordinal))
        {
            End(new RunEnded(null, new PipelineException($"This node may not run the pipeline; {reason}. Give every node the same pipeline file, or wait until the other run has ended.")));
        }
    }

    private void Follow(PipelineOwnership ownership)
    {
        if (ownership.Node == _self)
        {
            if (_run is null)
            {
                Start(ownership.Epoch);
            }
            else if (ownership.Epoch != _epoch)
            {
                // It was lost and won again in between; the store tells the runs apart, and so does this.
                Abort();
            }
        }
        else if (_run is not null)
        {
            Abort();
        }
        else if (ownership.Node is { } other && !IsMember(other))
        {
            _ = TellLostAsync(other);
        }
    }

    private bool IsMember(string node) => _cluster.State.Members.Any(member => NodeIncarnation.Of(member.UniqueAddress) == node);

    private async Task TellLostAsync(string node)
    {
        try
        {
            await _owner.AskAsync(new ReportLost(node)).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            _log.Info("The loss of a node could not be told; it is told again with the next offer");
        }
    }

    private void Start(long epoch)
    {
        _epoch = epoch;
        if (_draining)
        {
            OnEnded(new RunEnded(null, null));
            return;
        }

        _log.Info("Pipeline {0} runs on this node under epoch {1}", _options.Pipeline, epoch);
        try
        {
            _run = _options.Start();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            OnEnded(new RunEnded(null, exception));
            return;
        }

        _run.Completion.ContinueWith(
            task => task.IsCompletedSuccessfully ? new RunEnded(task.Result, null) : new RunEnded(null, task.Exception?.InnerException ?? new OperationCanceledException()),
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).PipeTo(Self);
    }

    private void Abort()
    {
        _takenOver = true;
        _run?.KillSwitch.Abort(new OperationCanceledException("taken over"));
    }

    // Whoever asks for this waits no longer than the run takes to stop; the word that it ended still goes out.
    private void AbortAtOnce()
    {
        _abortedAtOnce = true;
        if (_run is not null && _ended is null)
        {
            _run.KillSwitch.Abort(new OperationCanceledException("interrupted twice"));
        }
        else
        {
            End(_ended ?? new RunEnded(null, null));
        }
    }

    private void Drain()
    {
        _draining = true;
        _waiting.Add(Sender);
        if (_run is not null && _ended is null)
        {
            _run.KillSwitch.Shutdown();
        }
        else if (_ended is null && !_asking)
        {
            EndUnused();
        }
        else if (!Timers.IsTimerActive("tick"))
        {
            OnReleased(accepted: true);
        }
    }

    // An offer that is still under way is waited for, so that nothing is assigned to a node that is about to go.
    private void EndUnused()
    {
        End(new RunEnded(null, null));
        OnReleased(accepted: true);
    }

    private void OnEnded(RunEnded ended)
    {
        _ended = _takenOver && ended.Failure is not null ? new RunEnded(null, TakenOver()) : ended;
        if (_abortedAtOnce)
        {
            End(_ended);
        }

        _releaseUntil = Now() + _options.ReleaseTimeout;
        TellReleased();
    }

    private void TellReleased()
    {
        _asking = true;
        ReleaseAsync(_epoch).PipeTo(Self);
    }

    private async Task<ReleaseAnswered> ReleaseAsync(long epoch)
    {
        try
        {
            return new ReleaseAnswered((await _owner.AskAsync(new ReleaseRun(_options.Pipeline, _self, epoch)).ConfigureAwait(false)).Rejection is null);
        }
        catch (Exception exception) when (exception is AskTimeoutException or MachineFormatException)
        {
            return new ReleaseAnswered(false);
        }
    }

    // A node that cannot say so still goes: the others see it leave, and free what it owned.
    private void OnReleased(bool accepted)
    {
        _asking = false;
        if (!accepted && Now() < _releaseUntil)
        {
            return;
        }

        Timers.Cancel("tick");
        End(_ended!);
        _waiting.ForEach(waiting => waiting.Tell(AgentDrained.Instance));
        _waiting.Clear();
    }

    private void End(RunEnded ended)
    {
        _ended ??= ended;
        if (ended.Failure is { } failure)
        {
            _result.TrySetException(failure);
        }
        else
        {
            _result.TrySetResult(ended.Summary);
        }
    }

    private PipelineException TakenOver() => new(
        $"Another node has taken over pipeline '{_options.Pipeline}', which this node had lost. What was stored stays, and the other node goes on from there.",
        new OperationCanceledException());

    private static DateTimeOffset Now() => Context.System.Scheduler.Now;
}
