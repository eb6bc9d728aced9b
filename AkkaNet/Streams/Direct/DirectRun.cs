using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>The running graph: the materialised value of its last step.</summary>
public sealed class DirectRun : IPipelineRun
{
    private readonly TaskCompletionSource<RunSummary> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Switch _switch = new();
    private readonly string _name;
    private PipelineRun? _run;

    internal DirectRun(string name) => _name = name;

    /// <summary>Stops the run: <c>Shutdown</c> reads no further, lets the rest through and stores the state, which waits for
    /// the sink; <c>Abort</c> ends it at once, and the last stored state stays in force. Both cancel the source of lines.</summary>
    public IKillSwitch KillSwitch => _switch;

    /// <summary>Ends with what the run did, when it has ended and the sink has confirmed what was released. Fails with what
    /// stopped it: a mistake in the graph (<see cref="Engine.Planning.PlanException"/>), a stage, store, source or sink.</summary>
    public Task<RunSummary> Completion => _completion.Task;

    /// <inheritdoc />
    public void Pause(string reason = "") => _switch.Pause(reason);

    /// <inheritdoc />
    public void Resume() => _switch.Pause(null);

    internal PipelineRun? Run => _run;

    /// <summary>State and counts of the run and of each stage, at this moment.</summary>
    /// <returns>The snapshot; without stages while the graph opens.</returns>
    public TopologySnapshot Topology() => _run?.Topology()
        ?? new TopologySnapshot(_name, _completion.Task.IsFaulted ? "failed" : "starting", TimeSpan.Zero, 0, 0, null, null, null, [], []);

    internal void Started(PipelineRun run, Action<Exception> abort)
    {
        _run = run;
        _switch.Attach(run, abort);
    }

    internal void End(Task<RunSummary> run)
    {
        if (run.IsCompletedSuccessfully)
        {
            _completion.TrySetResult(run.Result);
        }
        else
        {
            Fail(run.Exception!.GetBaseException());
        }
    }

    internal void Fail(Exception cause) => _completion.TrySetException(cause);

    // It may be pulled before the run has begun.
    private sealed class Switch : IKillSwitch
    {
        private readonly Lock _lock = new();
        private IPipelineRun? _run;
        private string? _paused;
        private Action<Exception>? _abort;
        private bool _isShutdown;
        private Exception? _cause;

        public void Shutdown()
        {
            lock (_lock)
            {
                _isShutdown = true;
                _run?.KillSwitch.Shutdown();
            }
        }

        public void Abort(Exception cause)
        {
            lock (_lock)
            {
                _cause ??= cause;
                _run?.KillSwitch.Abort(cause);
                _abort?.Invoke(cause);
            }
        }

        public void Pause(string? reason)
        {
            lock (_lock)
            {
                _paused = reason;
                PassOn();
            }
        }

        public void Attach(IPipelineRun run, Action<Exception> abort)
        {
            lock (_lock)
            {
                (_run, _abort) = (run, abort);
                PassOn();
                if (_cause is { } cause)
                {
                    run.KillSwitch.Abort(cause);
                    abort(cause);
                }
                else if (_isShutdown)
                {
                    run.KillSwitch.Shutdown();
                }
            }
        }

        private void PassOn()
        {
            if (_paused is { } reason)
            {
                _run?.Pause(reason);
            }
            else
            {
                _run?.Resume();
            }
        }
    }
}
