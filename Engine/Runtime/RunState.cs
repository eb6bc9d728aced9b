using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Runtime.Publishing;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>What a run holds between batches: lanes, frontier, firing schedule, epoch, checkpoint.</summary>
internal sealed class RunState(PipelinePlan plan, EmbeddedRuntimeOptions options, DeadLetters deadLetters, BatchPool pool) : IAsyncDisposable
{
    private readonly FiringSchedule _schedule = new(plan);
    private readonly BoundsGuard _guard = new(plan);
    private readonly CheckpointStore _checkpoints = new(plan);
    private readonly OutboxPublisher _publisher = new(plan, options.Store, options.Outbox);
    private readonly string _resource = $"pipeline/{plan.Settings.Name}";
    private readonly StateBudget _memory = new(plan.Settings.StateMemoryLimit ?? HalfOfMemory());
    private readonly List<WithheldRelease> _withheld = [];
    private readonly List<string> _warnings = [];
    private readonly long _started = options.Time.GetTimestamp();
    private FrontierTracker _tracker = new(1);
    private ILaneSet? _lanes;
    private IEventSource? _source;
    private long _lastCheckpoint = options.Time.GetTimestamp();
    private long _rowsRead;
    private long _epoch;
    private int _released;
    private int _replayed;
    private int _laneCount = plan.Settings.Lanes;
    private bool _interrupted;

    public string Phase { get; set; } = "running";

    public PipelinePlan Plan => plan;

    public DeadLetters DeadLetters => deadLetters;

    public ILaneSet? Lanes => _lanes;

    public (int Released, int Replayed, int Withheld) Releases => (_released, _replayed, _withheld.Count);

    public async ValueTask OpenAsync(IEventSource source, CancellationToken cancellationToken)
    {
        var (checkpoint, states) = await TakeOverAsync(cancellationToken).ConfigureAwait(false);
        await source.OpenAsync(
            new SourceContext { Time = options.Time, DeadLetters = deadLetters, Resume = checkpoint?.Positions ?? [] }, cancellationToken).ConfigureAwait(false);
        _source = source;
        _tracker = new FrontierTracker(source.Partitions);
        if (checkpoint is { Completed: false } && source.KeepsPartitions && checkpoint.Positions.SequenceEqual(source.Positions()))
        {
            _tracker.Restore(checkpoint.Arrivals);
        }

        _lanes = CreateLanes();
        await _lanes.StartAsync(states).ConfigureAwait(false);
        await _publisher.PublishAsync(FenceAsync, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DispatchAsync(EventBatch batch)
    {
        Interlocked.Add(ref _rowsRead, batch.Count);
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
        else if (plan.Arrival == ArrivalMode.Ingest)
        {
            // An idle source moves by its own clock, which for ingest is this process's.
            _tracker.Advance(partition, options.Time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    public async ValueTask FireOrCheckpointAsync()
    {
        if (_schedule.IsDue(_tracker.Frontier, _tracker.Range))
        {
            await BarrierAsync(fire: true, isEnd: false).ConfigureAwait(false);
        }
        else if (options.Time.GetElapsedTime(_lastCheckpoint) >= plan.Settings.CheckpointInterval)
        {
            await BarrierAsync(fire: false, isEnd: false).ConfigureAwait(false);
        }
    }

    /// <summary>The last barrier: fires everything at the end of the input, stores the state either way.</summary>
    public async ValueTask CloseAsync(bool ended)
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
        await _lanes!.CompleteAsync().ConfigureAwait(false);
    }

    public void Interrupt() => _interrupted = true;

    public void Fail(Exception cause) => _lanes?.Fail(cause);

    public RunSummary Summary() => new()
    {
        RowsRead = _rowsRead,
        Released = _released,
        Replayed = _replayed,
        Withheld = [.. _withheld],
        DeadLetters = deadLetters.Counts,
        DeadLetterSamples = deadLetters.Samples,
        Interrupted = _interrupted,
        UnmappedFields = deadLetters.UnmappedFields,
        Warnings = [.. _warnings, .. _source?.Warnings ?? [], .. AfterFiring()],
    };

    public double Seconds(long ticks) => (double)ticks / options.Time.TimestampFrequency;

    public TopologySnapshot Topology()
    {
        var uptime = options.Time.GetElapsedTime(_started);
        return new TopologySnapshot(
            plan.Settings.Name,
            Phase,
            uptime,
            Interlocked.Read(ref _rowsRead),
            _source?.BytesRead ?? 0,
            _source?.TotalBytes,
            AsTime(_tracker.Frontier),
            AsTime(_schedule.FiredUpTo.Max()),
            [.. (_lanes?.Links ?? []).Select(link => Snapshot(link, uptime))],
            _lanes?.Queues ?? []);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lanes is not null)
        {
            await _lanes.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var sink in _publisher.Sinks)
        {
            await sink.DisposeAsync().ConfigureAwait(false);
        }
    }

    private IEnumerable<string> AfterFiring()
    {
        if (deadLetters.Counts.TryGetValue(DeadLetterReason.AfterFiring, out var rows))
        {
            yield return $"{rows} rows belong to windows that had fired before these rows came, or that started before the input did; what was released stays as it is. "
                + "To read older input, use another store or another pipeline name.";
        }
    }

    private static long HalfOfMemory() => Math.Max(PipelineSettings.SmallestStateMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    private static DateTimeOffset? AsTime(long? ms) => ms is { } value and > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private StageSnapshot Snapshot(IStageLink link, TimeSpan uptime)
    {
        return new StageSnapshot(
            link.Name, link.Lane, link.Metrics.Batches, link.Metrics.RowsIn, link.Metrics.RowsOut, Seconds(link.Metrics.BusyTicks), link.Metrics.RowsIn / Math.Max(1e-3, uptime.TotalSeconds));
    }

    private ILaneSet CreateLanes()
    {
        var arrival = new ArrivalStageFactory(plan, _tracker);
        var context = new LaneContext(options.Time, options.Randomness, options.Keys, pool, deadLetters) { Memory = _memory };
        return options.Lanes(plan, _laneCount, arrival, context);
    }

    /// <summary>Takes the pipeline over from any earlier owner, opens its account and takes up its state.</summary>
    private async ValueTask<(Checkpoint? Checkpoint, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> States)> TakeOverAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states = new Dictionary<string, ReadOnlyMemory<byte>>();
        Checkpoint? checkpoint = null;
        await options.Ledger.PrepareAsync(plan.Account, [], cancellationToken).ConfigureAwait(false);
        var withheld = await options.Store.TransactAsync(
            async transaction =>
            {
                _epoch = await transaction.AcquireEpochAsync(_resource).ConfigureAwait(false);
                if (await options.Ledger.OpenAsync(transaction, plan.Account).ConfigureAwait(false) is { } refusal)
                {
                    // No answer is a failure of what keeps the account, and no mistake of the pipeline.
                    throw refusal.Code == RefusalCode.Unavailable
                        ? new StoreException(StoreFailure.Unavailable, refusal.Message)
                        : new PipelineException($"{refusal.Code}: {refusal.Message}");
                }

                checkpoint = plan.Settings.Resume ? await _checkpoints.LoadAsync(transaction).ConfigureAwait(false) : null;
                if (checkpoint is not null)
                {
                    CheckKeys(checkpoint);
                    states = await _checkpoints.LoadStatesAsync(transaction, checkpoint).ConfigureAwait(false);
                    _guard.Restore(checkpoint.Earlier, checkpoint.StateFrom);
                }
                else
                {
                    await _guard.LoadAsync(transaction, options.Outbox).ConfigureAwait(false);
                }

                foreach (var query in plan.Branches.SelectMany(branch => branch.Queries))
                {
                    _guard.NoteGivenUp(await _checkpoints.ListGivenUpAsync(transaction, ReleaseIds.Prefix(plan, query)).ConfigureAwait(false));
                }

                return await Releaser().AskAgainAsync(transaction, new Fence(_resource, _epoch)).ConfigureAwait(false);
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

    private ValueTask FenceAsync(IStoreTransaction transaction) => transaction.FenceAsync(_resource, _epoch);

    private void CheckKeys(Checkpoint checkpoint)
    {
        if (checkpoint.KeyFingerprint != options.Keys.Fingerprint)
        {
            throw new PipelineException(
                $"The stored state of pipeline '{plan.Settings.Name}' was made under key {checkpoint.KeyFingerprint}, but the key ring holds {options.Keys.Fingerprint}: its subjects would have other names and could exceed their bounds. "
                + "Give back the key file that belongs to the store, or start a new store. Nothing was changed.");
        }
    }

    private void Resume(Checkpoint checkpoint)
    {
        if (checkpoint.Lanes != _laneCount)
        {
            _warnings.Add($"The stored state was made with {checkpoint.Lanes} lanes, so this run uses {checkpoint.Lanes} instead of {_laneCount}.");
            _laneCount = checkpoint.Lanes;
        }

        var range = checkpoint is { Completed: false, ArrivalLow: { } low, ArrivalHigh: { } high } ? (low, high) : ((long, long)?)null;
        _schedule.Restore(checkpoint.FiredUpTo, range);
    }

    private WindowReleaser Releaser() => new(plan, options, _checkpoints, _guard);

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

        var checkpoint = NewCheckpoint(result, isEnd);
        await ReleaseAsync(
            firing is null ? [] : Releaser().Ask(firing, result.Fired, new Fence(_resource, _epoch)),
            transaction =>
            {
                _guard.Prune(_schedule.FiredUpTo);
                return _checkpoints.SaveAsync(transaction, checkpoint with { Earlier = _guard.Earlier }, result.States);
            },
            CancellationToken.None).ConfigureAwait(false);
        _checkpoints.Saved(result.States);
        _lastCheckpoint = options.Time.GetTimestamp();
        if (firing is not null)
        {
            await _publisher.PublishAsync(FenceAsync, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Releases and what goes with them, in one transaction; nothing of it happened when it throws.</summary>
    private async ValueTask ReleaseAsync(
        IReadOnlyList<PendingRelease> pending, Func<IStoreTransaction, ValueTask> and, CancellationToken cancellationToken)
    {
        if (pending.Count > 0)
        {
            await options.Ledger.PrepareAsync(plan.Account, [.. pending.Where(release => release.Blocked is null).Select(release => release.Request)], cancellationToken).ConfigureAwait(false);
        }

        var result = await options.Store.TransactAsync(
            async transaction =>
            {
                await FenceAsync(transaction).ConfigureAwait(false);
                var released = await Releaser().ReleaseAsync(transaction, pending).ConfigureAwait(false);
                await and(transaction).ConfigureAwait(false);
                return released;
            },
            cancellationToken).ConfigureAwait(false);
        Count(result);
    }

    private Checkpoint NewCheckpoint(BarrierResult result, bool isEnd)
    {
        var range = _schedule.Range is { } fired && _tracker.Range is { } seen
            ? (Low: Math.Min(fired.Low, seen.Low), High: Math.Max(fired.High, seen.High))
            : _schedule.Range ?? _tracker.Range;
        return new Checkpoint
        {
            Lanes = _laneCount,
            KeyFingerprint = options.Keys.Fingerprint,
            Positions = _source!.Positions(),
            FiredUpTo = [.. _schedule.FiredUpTo],
            ArrivalLow = range?.Low,
            ArrivalHigh = range?.High,
            Arrivals = _tracker.Snapshot(),
            Earlier = _guard.Earlier,
            StateFrom = _guard.StateFrom,
            Completed = isEnd,
            States = [.. result.States.Keys],
        };
    }

    private void Count(ReleaseResult result)
    {
        _released += result.Released;
        _replayed += result.Replayed;
        _withheld.AddRange(result.Withheld);
    }
}
