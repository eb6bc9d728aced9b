using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Engine.Runtime.Supervision;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime;

/// <content>Reload: another plan goes on with this one's source, frontier, epoch and what is unchanged of its state.</content>
internal sealed partial class RunState
{
    private static readonly TimeSpan SinkPatience = TimeSpan.FromSeconds(10);
    private Checkpoint? _moved;
    private IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _movedStates = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Lets what was read pass through the lanes, and waits for the commit in progress.</summary>
    public async ValueTask SettleAsync()
    {
        await _lanes!.FlushAsync().ConfigureAwait(false);
        await _commit.WhenStoredAsync().ConfigureAwait(false);
    }

    /// <summary>Compares a plan with this one. Nothing is on its way through the lanes; nothing is changed.</summary>
    public async ValueTask<(ReloadAssessment Assessment, ReloadReport Report)> AssessAsync(PipelinePlan plan, ReloadOptions options)
    {
        var history = await _options.Ledger.HistoryAsync(_options.Store, _plan.Account.Account).ConfigureAwait(false);
        var book = await _options.Store.TransactAsync(
            transaction => ReleaseBook.ReadAsync(transaction, _options.Outbox, _plan.Account.Account, _plan.Settings.Name)).ConfigureAwait(false);
        var assessment = new ReloadAssessment(_plan, plan, _schedule, _tracker, book);
        return (assessment, assessment.Report(history, options.DiscardOpenWindows));
    }

    /// <summary>Waits until sinks have taken the releases that the new plan would not give them.</summary>
    /// <returns>Why they have not; null when they have.</returns>
    public async ValueTask<string?> HandOverAsync(PipelinePlan plan)
    {
        var left = Deliveries(_plan).Except(Deliveries(plan)).Select(delivery => delivery.Sink).ToHashSet();
        if (left.Count == 0)
        {
            return null;
        }

        if (_publisher.Sinks.FirstOrDefault(sink => left.Contains(sink.Name) && sink.State is "waiting" or "failed") is { } down)
        {
            return Behind(down.Name);
        }

        try
        {
            _publisher.Ask();
            await _publisher.WhenIdleAsync(left).WaitAsync(SinkPatience, _options.Time).ConfigureAwait(false);
            _publisher.ThrowIfFailed();
            return null;
        }
        catch (TimeoutException)
        {
            return Behind(string.Join("', '", left));
        }
    }

    /// <summary>Makes the state of a plan that is to take this one's place, from what is stored. Nothing is changed.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="assessment">Which branches go on.</param>
    /// <param name="supervisor">The run's supervisor.</param>
    /// <exception cref="SnapshotException">The state does not fit.</exception>
    public async ValueTask<RunState> PrepareAsync(PipelinePlan plan, ReloadAssessment assessment, Supervisor supervisor)
    {
        var next = new RunState(plan, _options, _totals, supervisor) { Earlier = Earlier, Epoch = Epoch };
        try
        {
            await next.TakeFromAsync(this, assessment).ConfigureAwait(false);
            return next;
        }
        catch (Exception cause)
        {
            next._lanes?.Fail(cause);
            await next.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stores this state as that of its plan, and that the former plan has none any more.</summary>
    /// <param name="before">The state whose place it takes.</param>
    public async ValueTask CommitMoveAsync(RunState before)
    {
        try
        {
            await _options.Store.TransactAsync(
                async transaction =>
                {
                    await FenceAsync(transaction).ConfigureAwait(false);
                    await before._checkpoints.DropAsync(transaction).ConfigureAwait(false);
                    await _checkpoints.DropAsync(transaction).ConfigureAwait(false);
                    await _checkpoints.SaveAsync(transaction, _moved!, _movedStates).ConfigureAwait(false);
                    if (_plan.Hash != before._plan.Hash)
                    {
                        await MovedStates.NoteAsync(transaction, before._plan, _plan, _options.Time.GetUtcNow()).ConfigureAwait(false);
                    }

                    return true;
                }).ConfigureAwait(false);
        }
        catch (StoreException failure) when (failure.Failure == StoreFailure.CommitUnknown)
        {
            if (!await HasMovedAsync().ConfigureAwait(false))
            {
                throw;
            }
        }

        _checkpoints.Saved(_movedStates);
        _movedStates = new Dictionary<string, ReadOnlyMemory<byte>>();
    }

    /// <summary>Counts what is left out from here on under the queries of this plan.</summary>
    public void CountAnew()
    {
        DeadLetters.TakeUp([.. _plan.Branches.Select(SubjectLane.WindowName)]);
        _totals.Mark();
        _totals.Keep();
    }

    /// <summary>Ends this state, whose place another one has taken.</summary>
    public async ValueTask RetireAsync()
    {
        await _lanes!.CompleteAsync().ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends this state, which was prepared and does not come into force.</summary>
    public async ValueTask AbandonAsync(Exception cause)
    {
        _lanes!.Fail(cause);
        await DisposeAsync().ConfigureAwait(false);
    }

    // The store itself knows whether it holds this checkpoint, which names its run and plan. False when it does not answer.
    private async ValueTask<bool> HasMovedAsync()
    {
        try
        {
            return await _options.Store.TransactAsync(transaction => _checkpoints.HoldsAsync(transaction, _moved!)).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private static string Behind(string sinks) =>
        $"sink '{sinks}' has not taken all releases of queries that would not be published to it any more; reload when it has";

    private static IEnumerable<(string Sink, string Query, string Hash)> Deliveries(PipelinePlan plan) => plan.Branches
        .SelectMany(branch => branch.Queries)
        .SelectMany(query => query.Sinks, (query, sink) => (sink.Name, query.Query.Name, query.Hash));

    // A plan whose state went on under another one would release the same windows beside it.
    private async ValueTask RequireOwnStateAsync(IStoreTransaction transaction)
    {
        if (await MovedStates.FindAsync(transaction, _plan).ConfigureAwait(false) is not { } moved)
        {
            return;
        }

        if (_plan.Settings.Resume)
        {
            throw new PipelineException(MovedStates.Refusal(_plan, moved));
        }

        await MovedStates.ForgetAsync(transaction, _plan).ConfigureAwait(false);
    }

    private async ValueTask TakeFromAsync(RunState before, ReloadAssessment assessment)
    {
        var (stored, states) = await _options.Store.TransactAsync(
            async transaction =>
            {
                var checkpoint = await before._checkpoints.LoadAsync(transaction).ConfigureAwait(false)
                    ?? throw new PipelineException($"There is no stored state of pipeline '{_plan.Settings.Name}' to carry over. Nothing was changed.");
                var parts = await before._checkpoints.LoadStatesAsync(transaction, checkpoint).ConfigureAwait(false);
                var (until, _) = await SubjectKeys.TakeUpAsync(transaction, _plan, _options.Outbox, _options.Keys.Fingerprint).ConfigureAwait(false);
                await _guard.LoadAsync(transaction, _options.Outbox, until).ConfigureAwait(false);
                foreach (var query in _plan.Branches.SelectMany(branch => branch.Queries))
                {
                    _guard.NoteGivenUp(await _checkpoints.ListGivenUpAsync(transaction, ReleaseIds.Prefix(_plan, query)).ConfigureAwait(false));
                }

                return (checkpoint, parts);
            }).ConfigureAwait(false);
        _laneCount = stored.Lanes;
        _source = before._source;
        _tracker = before._tracker;
        _since = Epoch;
        _movedStates = StateMove.Rename(states, stored.Lanes, before._plan, _plan, assessment.Places);
        _moved = StateMove.Of(stored, assessment, _guard.Earlier, Epoch) with { States = [.. _movedStates.Keys] };
        _guard.Restore(_moved.Earlier, _moved.StateFrom);
        Resume(_moved);
        _lanes = CreateLanes();
        await _lanes.StartAsync(_movedStates).ConfigureAwait(false);
    }
}
