using System.Runtime.ExceptionServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Metrics;
using AkkaPrivacy.Engine.Runtime.Supervision;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>One run of a plan: attempt after attempt, each from the last checkpoint, until the input ends, it is stopped, or
/// a failure that its supervision does not cover.</summary>
internal sealed partial class PipelineRun : IPipelineRun
{
    private readonly EmbeddedRuntimeOptions _options;
    private volatile PipelinePlan _plan;
    private readonly PipelineKillSwitch _killSwitch = new();
    private readonly PauseGate _gate = new();
    private readonly TaskCompletionSource<RunSummary> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RunTotals _totals;
    private readonly RunStatus _status;
    private readonly Supervisor _supervisor;
    private readonly long _started;
    private volatile RunState _state;

    public PipelineRun(PipelinePlan plan, EmbeddedRuntimeOptions options)
    {
        (_plan, _options) = (plan, options);
        _totals = new RunTotals(new DeadLetters(options.DeadLetterListener, plan.SideOutputs));
        _status = new RunStatus(options.Time);
        _supervisor = new Supervisor(plan, options.Time);
        _started = options.Time.GetTimestamp();
        _state = new RunState(plan, options, _totals, _supervisor);
    }

    public IKillSwitch KillSwitch => _killSwitch;

    public Task<RunSummary> Completion => _completion.Task;

    /// <summary>The batches of the newest attempt; all are back when it has ended.</summary>
    internal BatchPool Pool => _state.Pool;

    public TopologySnapshot Topology() => _state.Topology(_status.Now, _options.Time.GetElapsedTime(_started), _supervisor.Restarts);

    public void Pause(string reason = "") => _gate.Pause(reason);

    public void Resume() => _gate.Resume();

    public void Start() => Task.Run(RunAsync);

    private async Task RunAsync()
    {
        try
        {
            var summary = await RunToEndAsync().ConfigureAwait(false);
            _status.Set(summary.Interrupted ? "interrupted" : "completed");
            _completion.SetResult(summary);
        }
        catch (Exception exception)
        {
            _status.Set("failed", Supervisor.Describe(exception));
            _completion.SetException(exception);
        }

        RefuseReload();
    }

    private async Task<RunSummary> RunToEndAsync()
    {
        try
        {
            while (!await AttemptAsync().ConfigureAwait(false))
            {
                _totals.GoBack();
                _state = new RunState(_plan, _options, _totals, _supervisor) { Earlier = _state.Epoch };
            }

            return _state.Summary();
        }
        finally
        {
            await DisposeSinksAsync(Sinks(_plan)).ConfigureAwait(false);
        }
    }

    // False when the run is to go on from its last checkpoint.
    private async ValueTask<bool> AttemptAsync()
    {
        try
        {
            await RunOnceAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (!_killSwitch.StopReading.IsCancellationRequested && _state.Source?.CanReadAgain != false)
        {
            if (_supervisor.Next(failure) is not { } wait)
            {
                throw;
            }

            _status.Set("restarting", Supervisor.Describe(failure));
            return await InterruptedWhileAsync(wait).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> InterruptedWhileAsync(TimeSpan wait)
    {
        try
        {
            await Task.Delay(wait, _options.Time, _killSwitch.StopReading).ConfigureAwait(false);
            return false;
        }
        catch (OperationCanceledException)
        {
            _killSwitch.ThrowIfAborted();
            _totals.GoBack();
            _state.Interrupt();
            return true;
        }
    }

    private async ValueTask RunOnceAsync()
    {
        var source = _plan.Source.Open();
        await using (source.ConfigureAwait(false))
        {
            try
            {
                await OpenAndReadAsync(source).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                if (await _state.FailAsync(exception).ConfigureAwait(false) is { } commit && !_killSwitch.Aborted.IsCancellationRequested)
                {
                    ExceptionDispatchInfo.Throw(commit);
                }

                throw;
            }
            finally
            {
                // The newest one: a reload may have put another in the place of the one that was opened.
                await _state.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask OpenAndReadAsync(IEventSource source)
    {
        if (!await TryOpenAsync(source).ConfigureAwait(false))
        {
            return;
        }

        _status.Set(RunStatus.Running);
        using var metrics = new PipelineMetrics(() => _state);
        var ended = await ReadToEndAsync(source).ConfigureAwait(false);
        _killSwitch.ThrowIfAborted();
        _status.Set(ended ? RunStatus.Running : "draining");
        await CloseAsync(ended).ConfigureAwait(false);
    }

    private async ValueTask CloseAsync(bool ended)
    {
        try
        {
            await _state.CloseAsync(ended, _killSwitch.Aborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _killSwitch.ThrowIfAborted();
            throw;
        }
    }

    // A pipeline that is stopped before it has read anything keeps the state it found.
    private async ValueTask<bool> TryOpenAsync(IEventSource source)
    {
        try
        {
            await _state.OpenAsync(source, _killSwitch.StopReading).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (_killSwitch.StopReading.IsCancellationRequested)
        {
            _killSwitch.ThrowIfAborted();
            _state.Interrupt();
            return false;
        }
    }

    private async ValueTask<bool> ReadToEndAsync(IEventSource source)
    {
        while (!_killSwitch.StopReading.IsCancellationRequested)
        {
            await TakeUpAsync().ConfigureAwait(false);
            if (_gate.Reason is not null)
            {
                await PauseAsync().ConfigureAwait(false);
                continue;
            }

            var batch = _state.Pool.RentBatch();
            switch (await ReadAsync(source, batch).ConfigureAwait(false))
            {
                case SourceRead.Rows:
                    await _state.DispatchAsync(batch).ConfigureAwait(false);
                    break;
                case SourceRead.End:
                    batch.Dispose();
                    return true;
                case null:
                    batch.Dispose();
                    return false;
                case { } read:
                    var partition = batch.Partition;
                    batch.Dispose();
                    await _state.OnPauseAsync(read, partition).ConfigureAwait(false);
                    break;
            }

            await _state.FireOrCheckpointAsync().ConfigureAwait(false);
        }

        return false;
    }

    private async ValueTask PauseAsync()
    {
        await _state.CheckpointAsync().ConfigureAwait(false);
        while (!_killSwitch.StopReading.IsCancellationRequested)
        {
            // The task is taken before the reason is looked at, so that no change is missed between the two.
            var changed = _gate.WhenChanged();
            await TakeUpAsync().ConfigureAwait(false);
            if (_gate.Reason is not { } reason)
            {
                break;
            }

            if (_status.Now is not { State: "paused" } now || now.Reason != reason)
            {
                _status.Set("paused", reason);
            }

            await changed.WaitAsync(_killSwitch.StopReading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _status.Set(RunStatus.Running);
    }

    // Null when reading was stopped.
    private async ValueTask<SourceRead?> ReadAsync(IEventSource source, EventBatch batch)
    {
        try
        {
            return await source.ReadAsync(batch, _killSwitch.StopReading).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_killSwitch.StopReading.IsCancellationRequested)
        {
            return null;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }
}
