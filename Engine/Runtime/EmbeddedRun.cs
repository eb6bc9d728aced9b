using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Metrics;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>One run of a plan: the reader's loop. Everything that must happen in order happens here, on one task.</summary>
internal sealed class EmbeddedRun : IPipelineRun
{
    private readonly EmbeddedRuntimeOptions _options;
    private readonly PipelinePlan _plan;
    private readonly PipelineKillSwitch _killSwitch = new();
    private readonly DeadLetters _deadLetters;
    private readonly TaskCompletionSource<RunSummary> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BatchPool _pool = new();
    private readonly RunState _state;
    private PipelineMetrics? _metrics;

    public EmbeddedRun(PipelinePlan plan, EmbeddedRuntimeOptions options)
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
            await _state.OpenAsync(source, _killSwitch.StopReading).ConfigureAwait(false);
            using (_metrics = new PipelineMetrics(_state))
            {
                try
                {
                    var ended = await ReadToEndAsync(source).ConfigureAwait(false);
                    await _state.CloseAsync(ended).ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    _state.Fail(exception);
                    throw;
                }
                finally
                {
                    await _state.DisposeAsync().ConfigureAwait(false);
                }
            }
        }

        return _state.Summary();
    }

    /// <summary>Reads until the input ends (true) or the kill switch stops it (false).</summary>
    private async ValueTask<bool> ReadToEndAsync(IEventSource source)
    {
        while (!_killSwitch.StopReading.IsCancellationRequested)
        {
            var batch = _pool.RentBatch();
            var partition = -1;
            SourceRead read;
            try
            {
                read = await source.ReadAsync(batch, _killSwitch.StopReading).ConfigureAwait(false);
                partition = batch.Partition;
            }
            catch (OperationCanceledException) when (_killSwitch.StopReading.IsCancellationRequested)
            {
                batch.Dispose();
                break;
            }

            switch (read)
            {
                case SourceRead.Rows:
                    await _state.DispatchAsync(batch).ConfigureAwait(false);
                    break;
                case SourceRead.End:
                    batch.Dispose();
                    return true;
                default:
                    batch.Dispose();
                    _state.OnPause(read, partition);
                    break;
            }

            await _state.FireOrCheckpointAsync().ConfigureAwait(false);
        }

        _killSwitch.ThrowIfAborted();
        _state.Phase = "draining";
        return false;
    }
}
