using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
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
    private readonly CheckpointStore _checkpoints;
    private readonly OutboxPublisher _publisher;
    private readonly string _resource;
    private readonly StateBudget _memory;
    private readonly LatencyHistogram _latency;
    private FrontierTracker _tracker = new(1);
    private ILaneSet? _lanes;
    private IEventSource? _source;
    private long _lastCheckpoint;
    private int _laneCount;
    private bool _interrupted;

    public RunState(PipelinePlan plan, EmbeddedRuntimeOptions options, RunTotals totals, Supervisor supervisor)
    {
        (_plan, _options, _totals) = (plan, options, totals);
        _schedule = new FiringSchedule(plan);
        _guard = new BoundsGuard(plan);
        _checkpoints = new CheckpointStore(plan);
        _publisher = new OutboxPublisher(plan, options, supervisor, FenceAsync);
        _resource = $"pipeline/{plan.Settings.Name}";
        _memory = new StateBudget(plan.Settings.StateMemoryLimit ?? HalfOfMemory());
        _latency = new LatencyHistogram(options.Time);
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
    }

    public async ValueTask FireOrCheckpointAsync()
    {
        _publisher.ThrowIfFailed();
        if (_schedule.IsDue(_tracker.Frontier, _tracker.Range))
        {
            await BarrierAsync(fire: true, isEnd: false).ConfigureAwait(false);
        }
        else if (_options.Time.GetElapsedTime(_lastCheckpoint) >= _plan.Settings.CheckpointInterval)
        {
            await BarrierAsync(fire: false, isEnd: false).ConfigureAwait(false);
        }
    }

    /// <summary>The last barrier: fires everything at the end of the input, stores the state either way.</summary>
    public async ValueTask CloseAsync(bool ended, CancellationToken aborted)
    {
        _interrupted = !ended;
        if (ended)
        {
            // Stamps of batches that are still in the lanes count before the partitions are closed.
            await _lanes!.FlushAsync().ConfigureAwait(false);
            for (var partition = 0; partition < _source!.Partitions; partition++)
            {
                _tracker.End(partition);
            }
        }

        await BarrierAsync(fire: ended, isEnd: ended).ConfigureAwait(false);
        await _publisher.DrainAsync(ended, aborted).ConfigureAwait(false);
        await _lanes!.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Stores the state as it is, without firing.</summary>
    public ValueTask CheckpointAsync() => BarrierAsync(fire: false, isEnd: false);

    public void Interrupt() => _interrupted = true;

    public void Fail(Exception cause) => _lanes?.Fail(cause);

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
        var context = new LaneContext(_options.Time, _options.Randomness, _options.Keys, Pool, _totals.DeadLetters) { Memory = _memory, Latency = _latency, PeriodMs = (long)_plan.Account.Period.TotalMilliseconds };
        return _options.Lanes(_plan, _laneCount, arrival, context);
    }

    /// <summary>Takes the pipeline over from any earlier owner, opens its account and takes up its state.</summary>
    private async ValueTask<(Checkpoint? Checkpoint, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States)> TakeOverAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states = new Dictionary<string, ReadOnlyMemory<byte>>();
        Checkpoint? checkpoint = null;
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

                checkpoint = _plan.Settings.Resume || _totals.HasCheckpoint ? await _checkpoints.LoadAsync(transaction).ConfigureAwait(false) : null;
                if (checkpoint is not null)
                {
                    CheckKeys(checkpoint);
                    states = await _checkpoints.LoadStatesAsync(transaction, checkpoint).ConfigureAwait(false);
                    _guard.Restore(checkpoint.Earlier, checkpoint.StateFrom);
                }
                else
                {
                    await _guard.LoadAsync(transaction, _options.Outbox).ConfigureAwait(false);
                }

                await NoteStartAsync(transaction, checkpoint).ConfigureAwait(false);
                foreach (var query in _plan.Branches.SelectMany(branch => branch.Queries))
                {
                    _guard.NoteGivenUp(await _checkpoints.ListGivenUpAsync(transaction, ReleaseIds.Prefix(_plan, query)).ConfigureAwait(false));
                }

                return await Releaser().AskAgainAsync(transaction, new Fence(_resource, Epoch)).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        if (withheld.Count > 0)
        {
            await ReleaseAsync(withheld, _ => ValueTask.CompletedTask, cancellationToken).ConfigureAwait(false);
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
        _schedule.Restore(checkpoint.FiredUpTo, range);
    }

    private WindowReleaser Releaser() => new(_plan, _options, _checkpoints, _guard);

    private async ValueTask BarrierAsync(bool fire, bool isEnd)
    {
        // What is decided here must know all that was read: a batch on its way may hold the earliest stamps of all.
        await _lanes!.FlushAsync().ConfigureAwait(false);
        var firing = fire ? _schedule.Next(_tracker.Frontier, _tracker.Range, isEnd) : null;
        if (firing is not null)
        {
            _guard.Cover(firing);
        }

        var result = await _lanes.BarrierAsync(new LaneBarrier(firing?.Frontiers, Snapshot: true)).ConfigureAwait(false);
        if (firing is not null)
        {
            _schedule.MarkFired(firing);
        }

        // Before the state that follows from them: no stored state has left out a row whose place is lost.
        _totals.DeadLetters.Flush();
        var checkpoint = NewCheckpoint(result, isEnd);
        await ReleaseAsync(
            firing is null ? [] : Releaser().Ask(firing, result.Fired, new Fence(_resource, Epoch)),
            transaction =>
            {
                _guard.Prune(_schedule.FiredUpTo);
                return _checkpoints.SaveAsync(transaction, checkpoint with { Earlier = _guard.Earlier }, result.States);
            },
            CancellationToken.None).ConfigureAwait(false);
        _checkpoints.Saved(result.States);
        _lastCheckpoint = _options.Time.GetTimestamp();
        _totals.Mark();
        if (firing is not null)
        {
            await PublishAsync().ConfigureAwait(false);
        }
    }

    private ValueTask PublishAsync()
    {
        _publisher.Ask();
        return _options.SinksHoldReader ? _publisher.DrainAsync(patient: true, CancellationToken.None) : ValueTask.CompletedTask;
    }

    /// <summary>Releases and what goes with them, in one transaction; nothing of it happened when it throws.</summary>
    private async ValueTask ReleaseAsync(
        IReadOnlyList<PendingRelease> pending, Func<IStoreTransaction, ValueTask> and, CancellationToken cancellationToken)
    {
        if (pending.Count > 0)
        {
            await _options.Ledger.PrepareAsync(_plan.Account, [.. pending.Where(release => release.Blocked is null).Select(release => release.Request)], cancellationToken).ConfigureAwait(false);
        }

        var result = await _options.Store.TransactAsync(
            async transaction =>
            {
                await FenceAsync(transaction).ConfigureAwait(false);
                var released = await Releaser().ReleaseAsync(transaction, pending).ConfigureAwait(false);
                await and(transaction).ConfigureAwait(false);
                return released;
            },
            cancellationToken).ConfigureAwait(false);
        _totals.Add(result.Released, result.Replayed, result.Withheld, pending.Select(release => release.Request.Release.Id));
    }

    private Checkpoint NewCheckpoint(BarrierResult result, bool isEnd)
    {
        var range = _schedule.Range is { } fired && _tracker.Range is { } seen
            ? (Low: Math.Min(fired.Low, seen.Low), High: Math.Max(fired.High, seen.High))
            : _schedule.Range ?? _tracker.Range;
        return new Checkpoint
        {
            Lanes = _laneCount,
            KeyFingerprint = _options.Keys.Fingerprint,
            Positions = _source!.Positions(),
            FiredUpTo = [.. _schedule.FiredUpTo],
            ArrivalLow = range?.Low,
            ArrivalHigh = range?.High,
            Arrivals = _tracker.Snapshot(),
            Earlier = _guard.Earlier,
            StateFrom = _guard.StateFrom,
            Since = _since,
            Completed = isEnd,
            States = [.. result.States.Keys],
        };
    }
}
