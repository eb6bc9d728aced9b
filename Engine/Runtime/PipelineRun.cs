using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Metrics;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>One run of a plan: the reader's loop. Everything that must happen in order happens here, on one task.</summary>
internal sealed class PipelineRun : IPipelineRun
{
    private readonly EmbeddedRuntimeOptions _options;
    private readonly PipelinePlan _plan;
    private readonly PipelineKillSwitch _killSwitch = new();
    private readonly DeadLetters _deadLetters;
    private readonly TaskCompletionSource<RunSummary> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BatchPool _pool = new();
    private readonly RunState _state;

    public PipelineRun(PipelinePlan plan, EmbeddedRuntimeOptions options)
    {
        _plan = plan;
        _options = options;
        _deadLetters = new DeadLetters(options.DeadLetterListener);
        _state = new RunState(plan, options, _deadLetters, _pool);
    }

    public IKillSwitch KillSwitch => _killSwitch;

    public Task<RunSummary> Completion => _completion.Task;

    /// <summary>The run's batches; all are back when it has ended.</summary>
    internal BatchPool Pool => _pool;

    public TopologySnapshot Topology() => _state.Topology();

    public void Start() => Task.Run(RunAsync);

    private async Task RunAsync()
    {
        try
        {
            var summary = await RunToEndAsync().ConfigureAwait(false);
            _state.Phase = summary.Interrupted ? "interrupted" : "completed";
            _completion.SetResult(summary);
        }
        catch (Exception exception)
        {
            _state.Phase = "failed";
            _completion.SetException(exception);
        }
    }

    private async Task<RunSummary> RunToEndAsync()
    {
        var source = _plan.Source.Open();
        await using (source.ConfigureAwait(false))
        {
            await using (_state.ConfigureAwait(false))
            {
                try
                {
                    await OpenAndReadAsync(source).ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    _state.Fail(exception);
                    throw;
                }
            }
        }

        return _state.Summary();
    }

    private async ValueTask OpenAndReadAsync(IEventSource source)
    {
        if (!await TryOpenAsync(source).ConfigureAwait(false))
        {
            return;
        }

        using var metrics = new PipelineMetrics(_state);
        var ended = await ReadToEndAsync(source).ConfigureAwait(false);
        _killSwitch.ThrowIfAborted();
        _state.Phase = ended ? _state.Phase : "draining";
        await _state.CloseAsync(ended).ConfigureAwait(false);
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
            var batch = _pool.RentBatch();
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
