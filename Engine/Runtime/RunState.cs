using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Commits;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Runtime.Metrics;
using AkkaPrivacy.Engine.Runtime.Publishing;
using AkkaPrivacy.Engine.Runtime.Supervision;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>What a run holds between batches: lanes, frontier, firing schedule, epoch, checkpoint.</summary>
internal sealed partial class RunState : IAsyncDisposable
{
    private readonly PipelinePlan _plan;
    private readonly EmbeddedRuntimeOptions _options;
    private readonly RunTotals _totals;
    private readonly FiringSchedule _schedule;
    private readonly BoundsGuard _guard;
    private readonly ReleaseFollowers _followers;
    private readonly CheckpointStore _checkpoints;
    private readonly OutboxPublisher _publisher;
    private readonly string _resource;
    private readonly StateBudget _memory;
    private readonly LatencyHistogram _latency;
    private readonly Silence _silence;
    private FrontierTracker _tracker = new(1);
    private ILaneSet? _lanes;
    private IEventSource? _source;
    private int _laneCount;
    private bool _interrupted;

    public RunState(PipelinePlan plan, EmbeddedRuntimeOptions options, RunTotals totals, Supervisor supervisor)
    {
        (_plan, _options, _totals) = (plan, options, totals);
        _schedule = new FiringSchedule(plan);
        _guard = new BoundsGuard(plan);
        _followers = new ReleaseFollowers(plan);
        _checkpoints = new CheckpointStore(plan);
        _publisher = new OutboxPublisher(plan, options, supervisor, FenceAsync);
        _commit = new CommitInProgress(options.CommitsBeside ?? EmbeddedRuntimeOptions.Started);
        _resource = $"pipeline/{plan.Settings.Name}";
        _memory = new StateBudget(plan.Settings.StateMemoryLimit ?? HalfOfMemory());
        _latency = new LatencyHistogram(options.Time);

        // Rows that wait unread behind a throttle would look like silence.
        _silence = new Silence(plan.Source.IsThrottled ? null : plan.Settings.IdleTimeout, options.Time);
        _lastCheckpoint = options.Time.GetTimestamp();
        _laneCount = plan.Settings.Lanes;
    }

    /// <summary>The run's batches; all are back when it has ended.</summary>
    public BatchPool Pool { get; } = new();

    /// <summary>The epoch that this state holds, 0 before it has one.</summary>
    public long Epoch { get; private set; }

    /// <summary>The epoch of the same run before it restarted, which must still be the newest; 0 for none.</summary>
    public long Earlier { get; init; }

    /// <summary>The source, once it is open.</summary>
    public IEventSource? Source => _source;

    public PipelinePlan Plan => _plan;

    public DeadLetters DeadLetters => _totals.DeadLetters;

    public ILaneSet? Lanes => _lanes;

    public (int Released, int Replayed, int Withheld) Releases => (_totals.Released, _totals.Replayed, _totals.Withheld.Count);

    /// <summary>Takes the pipeline over and opens everything.</summary>
    /// <param name="source">The source.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask OpenAsync(IEventSource source, CancellationToken cancellationToken)
    {
        var (checkpoint, states) = await TakeOverAsync(cancellationToken).ConfigureAwait(false);
        _totals.DeadLetters.Begin(Epoch, source);
        await source.OpenAsync(
            new SourceContext { Time = _options.Time, DeadLetters = _totals.DeadLetters, Resume = checkpoint?.Positions ?? [] }, cancellationToken).ConfigureAwait(false);
        _source = source;
        _tracker = new FrontierTracker(source.Partitions);
        if (checkpoint is { Completed: false } && source.KeepsPartitions && checkpoint.Positions.SequenceEqual(source.Positions()))
        {
            _tracker.Restore(checkpoint.Arrivals);
        }

        _lanes = CreateLanes();
        await _lanes.StartAsync(states).ConfigureAwait(false);
        await PublishAsync().ConfigureAwait(false);
    }

    public ValueTask DispatchAsync(EventBatch batch)
    {
        batch.ReadAt = _options.Time.GetTimestamp();
        _totals.Read(batch.Count);
        _totals.DeadLetters.Note(batch.Partition);
        _silence.Break(batch.Partition);
        return _lanes!.DispatchAsync(batch);
    }

    public async ValueTask OnPauseAsync(SourceRead read, int partition)
    {
        // Nothing comes at this moment, so stages that buffer give up what they hold.
        await _lanes!.FlushAsync().ConfigureAwait(false);
        if (read == SourceRead.PartitionEnd)
        {
            _tracker.End(partition);
        }
        else if (_plan.Arrival == ArrivalMode.Ingest)
        {
            // An idle source moves by its own clock, which for ingest is this process's.
            _tracker.Advance(partition, _options.Time.GetUtcNow().ToUnixTimeMilliseconds());
        }
        else if (_silence.IsLong(partition))
        {
            // The clock is not the stamps' own, and what was stamped may still be on its way to the source.
            _tracker.AdvanceSilent(partition, (_options.Time.GetUtcNow() - _plan.Settings.AllowedLateness).ToUnixTimeMilliseconds());
        }
    }

    public void Interrupt() => _interrupted = true;

    /// <summary>Ends the lanes, and waits for the commit in progress.</summary>
    /// <param name="cause">Why.</param>
    /// <returns>What the commit failed with, which then comes first: it is of an earlier point of the stream. Null when it did not.</returns>
    public ValueTask<Exception?> FailAsync(Exception cause)
    {
        _lanes?.Fail(cause);
        return _commit.SettleAsync();
    }

    public RunSummary Summary() => new()
    {
        RowsRead = _totals.RowsRead,
        Released = _totals.Released,
        Replayed = _totals.Replayed,
        Withheld = _totals.Withheld,
        DeadLetters = _totals.DeadLetters.Counts,
        DeadLetterSamples = _totals.DeadLetters.Samples,
        Interrupted = _interrupted,
        UnmappedFields = _totals.DeadLetters.UnmappedFields,
        Warnings = [.. _totals.Warnings, .. _source?.Warnings ?? [], .. AfterFiring()],
    };

    public async ValueTask DisposeAsync()
    {
        _ = await _commit.SettleAsync().ConfigureAwait(false);
        if (_lanes is not null)
        {
            await _lanes.DisposeAsync().ConfigureAwait(false);
        }

        await _publisher.StopAsync().ConfigureAwait(false);
    }

    private IEnumerable<string> AfterFiring()
    {
        if (_totals.DeadLetters.Counts.TryGetValue(DeadLetterReason.AfterFiring, out var rows))
        {
            yield return $"{rows} rows belong to windows that had fired before these rows came, or that started before the input did; what was released stays as it is. "
                + "To read older input, use another store or another pipeline name.";
        }
    }

    private static long HalfOfMemory() => Math.Max(PipelineSettings.SmallestStateMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    private ILaneSet CreateLanes()
    {
        var arrival = new ArrivalStageFactory(_plan, _tracker);
        var context = new LaneContext(_options.Time, _options.Randomness, _options.Keys, Pool, _totals.DeadLetters) { Memory = _memory, Latency = _latency, PeriodMs = (long)_plan.Account.Period.TotalMilliseconds, Followers = _followers };
        return _options.Lanes(_plan, _laneCount, arrival, context);
    }

    /// <summary>Takes the pipeline over from any earlier owner, opens its account and takes up its state.</summary>
    private async ValueTask<(Checkpoint? Checkpoint, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States)> TakeOverAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states = new Dictionary<string, ReadOnlyMemory<byte>>();
        Checkpoint? checkpoint = null;
        var changed = false;
        await _options.Ledger.PrepareAsync(_plan.Account, [], cancellationToken).ConfigureAwait(false);
        var withheld = await _options.Store.TransactAsync(
            async transaction =>
            {
                if (Earlier > 0)
                {
                    // A run that restarts takes nothing back from a run that has superseded it.
                    await transaction.FenceAsync(_resource, Earlier).ConfigureAwait(false);
                }

                Epoch = await transaction.AcquireEpochAsync(_resource).ConfigureAwait(false);
                if (await _options.Ledger.OpenAsync(transaction, _plan.Account).ConfigureAwait(false) is { } refusal)
                {
                    // No answer is a failure of what keeps the account, and no mistake of the pipeline.
                    throw refusal.Code == RefusalCode.Unavailable
                        ? new StoreException(StoreFailure.Unavailable, refusal.Message)
                        : new PipelineException($"{refusal.Code}: {refusal.Message}");
                }

                changed = false;
                checkpoint = _plan.Settings.Resume || _totals.HasCheckpoint ? await _checkpoints.LoadAsync(transaction).ConfigureAwait(false) : null;
                if (checkpoint is not null)
                {
                    CheckKeys(checkpoint);
                    await SubjectKeys.TakeUpAsync(transaction, _plan, _options.Outbox, _options.Keys.Fingerprint).ConfigureAwait(false);
                    states = await _checkpoints.LoadStatesAsync(transaction, checkpoint).ConfigureAwait(false);
                    _guard.Restore(checkpoint.Earlier, checkpoint.StateFrom);
                    _followers.Restore(states);
                }
                else
                {
                    await RequireOwnStateAsync(transaction).ConfigureAwait(false);
                    (var until, changed) = await SubjectKeys.TakeUpAsync(transaction, _plan, _options.Outbox, _options.Keys.Fingerprint).ConfigureAwait(false);
                    await _guard.LoadAsync(transaction, _options.Outbox, until).ConfigureAwait(false);
                }

                await NoteStartAsync(transaction, checkpoint).ConfigureAwait(false);
                foreach (var query in _plan.Branches.SelectMany(branch => branch.Queries))
                {
                    _guard.NoteGivenUp(await _checkpoints.ListGivenUpAsync(transaction, ReleaseIds.Prefix(_plan, query)).ConfigureAwait(false));
                }

                return await Releaser().AskAgainAsync(transaction, new Fence(_resource, Epoch)).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        if (changed)
        {
            _totals.Warnings.Add("The store holds numbers that were made under another key, so subjects have other names now. Periods that were begun then are not gone on with: their windows that were not released are withheld.");
        }

        if (withheld.Count > 0)
        {
            await ReleaseAsync(withheld, (_, _) => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);
        }

        if (checkpoint is not null)
        {
            Resume(checkpoint);
        }

        return (checkpoint, states);
    }

    private ValueTask FenceAsync(IStoreTransaction transaction) => transaction.FenceAsync(_resource, Epoch);

    private void CheckKeys(Checkpoint checkpoint)
    {
        if (checkpoint.KeyFingerprint != _options.Keys.Fingerprint)
        {
            throw new PipelineException(
                $"The stored state of pipeline '{_plan.Settings.Name}' was made under key {checkpoint.KeyFingerprint}, but the key ring holds {_options.Keys.Fingerprint}: its subjects would have other names and could exceed their bounds. "
                + "Give back the key file that belongs to the store, or start a new store. Nothing was changed.");
        }
    }

    private void Resume(Checkpoint checkpoint)
    {
        if (checkpoint.Lanes != _laneCount)
        {
            _totals.Warnings.Add($"The stored state was made with {checkpoint.Lanes} lanes, so this run uses {checkpoint.Lanes} instead of {_laneCount}.");
            _laneCount = checkpoint.Lanes;
        }

        var range = checkpoint is { Completed: false, ArrivalLow: { } low, ArrivalHigh: { } high } ? (low, high) : ((long, long)?)null;
        _schedule.Restore(checkpoint.FiredUpTo, checkpoint.Begins, range);
    }

    private WindowReleaser Releaser() => new(_plan, _options, _checkpoints, _guard);
}
