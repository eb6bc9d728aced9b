using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Commits;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.Engine.Runtime;

/// <content>Barriers: windows fire and snapshots are taken while the lanes rest, and what follows from that is committed beside
/// them, in one transaction.</content>
internal sealed partial class RunState
{
    private readonly CommitInProgress _commit;
    private long _lastCheckpoint;

    public async ValueTask FireOrCheckpointAsync()
    {
        _publisher.ThrowIfFailed();
        _commit.ThrowIfFailed();
        await OpenHorizonAsync().ConfigureAwait(false);
        if (_schedule.IsDue(_tracker.Frontier, _tracker.Range))
        {
            await BarrierAsync(fire: true, isEnd: false).ConfigureAwait(false);
            await FireBeyondAsync().ConfigureAwait(false);
        }
        else if (_options.Time.GetElapsedTime(Volatile.Read(ref _lastCheckpoint)) >= _plan.Settings.CheckpointInterval)
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

            await FireUpToEndAsync().ConfigureAwait(false);
        }

        await BarrierAsync(fire: ended, isEnd: ended).ConfigureAwait(false);
        await _commit.WhenStoredAsync().ConfigureAwait(false);
        await _publisher.DrainAsync(ended, aborted).ConfigureAwait(false);
        await _lanes!.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Stores the state as it is, without firing, and waits until it is stored.</summary>
    public async ValueTask CheckpointAsync()
    {
        // What was observed before says nothing of what comes after the pause.
        _silence.Forget();
        await BarrierAsync(fire: false, isEnd: false).ConfigureAwait(false);
        await _commit.WhenStoredAsync().ConfigureAwait(false);
    }

    // Which windows are the first is only known of what has passed the lanes: a batch on its way may hold the earliest stamps of all.
    private async ValueTask OpenHorizonAsync()
    {
        if (_followers.Any && _followers.Opens(_schedule, _tracker.Frontier, _tracker.Range))
        {
            await _lanes!.FlushAsync().ConfigureAwait(false);
            _followers.Open(_schedule, _tracker.Frontier, _tracker.Range);
        }
    }

    // What one barrier releases may decide about rows that wait for it; only then their windows fire.
    private async ValueTask FireBeyondAsync()
    {
        while (_followers.Any && _schedule.IsDue(_tracker.Frontier, _tracker.Range, long.MaxValue))
        {
            await _commit.WhenStoredAsync().ConfigureAwait(false);
            await OpenHorizonAsync().ConfigureAwait(false);
            if (!_schedule.IsDue(_tracker.Frontier, _tracker.Range))
            {
                return;
            }

            await BarrierAsync(fire: true, isEnd: false).ConfigureAwait(false);
        }
    }

    private async ValueTask FireUpToEndAsync()
    {
        await _commit.WhenStoredAsync().ConfigureAwait(false);
        _schedule.HasEnded = true;
        await OpenHorizonAsync().ConfigureAwait(false);
        while (_schedule.IsLimited(_tracker.Range))
        {
            await BarrierAsync(fire: true, isEnd: false).ConfigureAwait(false);
            await _commit.WhenStoredAsync().ConfigureAwait(false);
            await OpenHorizonAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask BarrierAsync(bool fire, bool isEnd)
    {
        // What is decided here must know all that was read: a batch on its way may hold the earliest stamps of all.
        await _lanes!.FlushAsync().ConfigureAwait(false);
        await _commit.WhenStoredAsync().ConfigureAwait(false);
        var firing = fire ? _schedule.Next(_tracker.Frontier, _tracker.Range, isEnd) : null;
        if (firing is not null)
        {
            _guard.Cover(firing);
        }

        var result = await _lanes.BarrierAsync(new LaneBarrier(firing?.Frontiers, Snapshot: true)).ConfigureAwait(false);
        if (firing is not null)
        {
            _schedule.MarkFired(firing);
            _followers.Hold();
        }

        // Before the state that follows from them: no stored state has left out a row whose place is lost.
        _totals.DeadLetters.Flush();
        _totals.Mark();
        var checkpoint = NewCheckpoint(result, isEnd);
        Volatile.Write(ref _lastCheckpoint, _options.Time.GetTimestamp());
        _commit.Begin(() => CommitAsync(firing, result, checkpoint));
        if (_options.SinksHoldReader || _options.CommitsBeside is null)
        {
            await _commit.WhenStoredAsync().ConfigureAwait(false);
        }

        if (_options.SinksHoldReader)
        {
            await _publisher.DrainAsync(patient: true, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Stores everything of a barrier. Runs beside the reader, and touches nothing that the reader or the lanes change
    /// before the next barrier.</summary>
    private async Task CommitAsync(Firing.Firing? firing, BarrierResult result, Checkpoint checkpoint)
    {
        var (followed, states) = (_followers.Next([]), result.States);
        await ReleaseAsync(
            firing is null ? [] : Releaser().Ask(firing, result.Fired, new Fence(_resource, Epoch)),
            (transaction, releases) =>
            {
                _guard.Prune(checkpoint.FiredUpTo);
                followed = _followers.Next(releases);
                states = _followers.With(result.States, followed);
                return _checkpoints.SaveAsync(transaction, checkpoint with { Earlier = _guard.Earlier, States = [.. states.Keys] }, states);
            },
            CancellationToken.None).ConfigureAwait(false);
        _checkpoints.Saved(states);
        _followers.Adopt(followed);
        _totals.Keep();
        Volatile.Write(ref _lastCheckpoint, _options.Time.GetTimestamp());
        if (firing is not null)
        {
            _publisher.Ask();
        }
    }

    /// <summary>Publishes what is stored and not yet published.</summary>
    public ValueTask PublishAsync()
    {
        _publisher.Ask();
        return _options.SinksHoldReader ? _publisher.DrainAsync(patient: true, CancellationToken.None) : ValueTask.CompletedTask;
    }

    /// <summary>Releases and what goes with them, in one transaction; nothing of it happened when it throws.</summary>
    private async ValueTask ReleaseAsync(
        IReadOnlyList<PendingRelease> pending, Func<IStoreTransaction, IReadOnlyList<Release>, ValueTask> and, CancellationToken cancellationToken)
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
                await and(transaction, released.Releases).ConfigureAwait(false);
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
            StateFrom = [.. _guard.StateFrom],
            Begins = [.. _schedule.Begins],
            Version = _schedule.Begins.Any(begin => begin is not null) ? Checkpoint.CurrentVersion : 1,
            Since = _since,
            Completed = isEnd,
            States = [.. result.States.Keys],
        };
    }
}
