using System.Collections.Immutable;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Runtime.Replays;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime;

/// <content>Replay: single rows are read again into the stored state, whose positions, frontier and decisions to fire stay.</content>
internal sealed partial class RunState
{
    private long _since;

    /// <summary>Replays places. Nothing is stored when it throws.</summary>
    /// <param name="source">The source, not open.</param>
    /// <param name="letters">The places.</param>
    /// <param name="again">Where the rows' places go that are left out again; it listens to this run's dead letters.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What was done.</returns>
    public async ValueTask<ReplaySummary> ReplayAsync(IEventSource source, IReadOnlyList<DeadLetter> letters, IReadOnlyCollection<DeadLetter> again, CancellationToken cancellationToken)
    {
        if (_plan.Arrival == ArrivalMode.Ingest)
        {
            throw new PipelineException($"Pipeline '{_plan.Settings.Name}' takes the moment of reading as arrival, so a row that is read again would arrive now, and not when it did. It cannot be replayed. Nothing was changed.");
        }

        var (stored, states) = await TakeOverAsync(cancellationToken).ConfigureAwait(false);
        _followers.Open(_schedule, null, null);
        var checkpoint = stored ?? throw new PipelineException(
            $"The store holds no state of pipeline '{_plan.Settings.Name}' with plan hash {_plan.Hash}, so there is nothing to replay into. "
            + "Either the pipeline has not run here, or what was changed gives its numbers another meaning (data map, stages, queries, time rules): that is new state. "
            + "'run' then reads the whole input, these rows included, and its releases are new ones that the budget is charged for. Nothing was changed.");
        var (selection, replayed) = await SelectAsync(checkpoint, letters, cancellationToken).ConfigureAwait(false);
        await OpenForReplayAsync(source, selection, states, cancellationToken).ConfigureAwait(false);
        await ReadAgainAsync(source, selection, cancellationToken).ConfigureAwait(false);
        await _lanes!.FlushAsync().ConfigureAwait(false);
        var result = await _lanes.BarrierAsync(new LaneBarrier(null, Snapshot: true)).ConfigureAwait(false);
        await SaveReplayAsync(source, checkpoint, result, selection, replayed, again).ConfigureAwait(false);
        await _lanes.CompleteAsync().ConfigureAwait(false);
        return new ReplaySummary
        {
            Places = selection.Places,
            RowsRead = selection.Found,
            LeftOut = DeadLetters.Counts,
            Refused = selection.Refused().ToImmutableSortedDictionary(pair => pair.Reason, pair => pair.Places),
            Warnings = [.. _totals.Warnings, .. source.Warnings],
        };
    }

    // In the transaction that takes the pipeline over.
    private ValueTask NoteStartAsync(IStoreTransaction transaction, Checkpoint? checkpoint)
    {
        _since = checkpoint?.Since ?? Epoch;
        return new ReplayStore(_plan).BeginAsync(transaction, Epoch, new RunStart(_since, checkpoint?.Positions ?? []));
    }

    private async ValueTask<(ReplaySelection Selection, Dictionary<string, long[]> Replayed)> SelectAsync(
        Checkpoint checkpoint, IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken)
    {
        var replays = new ReplayStore(_plan);
        var replayed = new Dictionary<string, long[]>();
        var starts = await _options.Store.TransactAsync(
            async transaction =>
            {
                replayed.Clear();
                foreach (var source in letters.Select(letter => letter.Source).OfType<string>().Distinct())
                {
                    replayed[source] = await replays.ReplayedAsync(transaction, checkpoint.Since, source).ConfigureAwait(false);
                }

                return await replays.StartsAsync(transaction).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

        // This takeover began nothing that a place could come from.
        starts.Remove(Epoch);
        var selection = new ReplaySelection(checkpoint, starts, _plan.Branches.Count == 1);
        selection.Add(letters);
        selection.Close(source => replayed[source]);
        return (selection, replayed);
    }

    private async ValueTask OpenForReplayAsync(
        IEventSource source, ReplaySelection selection, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states, CancellationToken cancellationToken)
    {
        var ofSource = new DeadLetters(letter =>
        {
            if (source.PartitionAt(letter.Partition) is { } at && selection.Meets(at.Partition, letter.Position))
            {
                DeadLetters.Report(letter.Reason, letter.Partition, letter.Position, letter.Field);
            }
        });
        DeadLetters.Begin(Epoch, source);
        await source.OpenAsync(new SourceContext { Time = _options.Time, DeadLetters = ofSource }, cancellationToken).ConfigureAwait(false);
        _source = source;
        var others = selection.Identities.Where(content => selection.Sources.Contains(content.Source) && !source.Holds(new SourcePosition(content.Source, content.Identity, 0, 0))).ToList();
        if (others.Count > 0)
        {
            throw new PipelineException($"'{others[0].Source}' cannot be read again as it was: it is gone, is no file that can be read from its start, or has other content than when its rows were left out{(others.Count > 1 ? $"; so {others.Count - 1} more" : string.Empty)}. Lines at these positions would be other rows. Nothing was replayed.");
        }

        _tracker = new FrontierTracker(source.Partitions);
        _lanes = CreateLanes();
        await _lanes.StartAsync(states).ConfigureAwait(false);
    }

    private async ValueTask ReadAgainAsync(IEventSource source, ReplaySelection selection, CancellationToken cancellationToken)
    {
        for (var read = SourceRead.Idle; read != SourceRead.End && selection.Missing > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = Pool.RentBatch();
            try
            {
                read = await source.ReadAsync(batch, cancellationToken).ConfigureAwait(false);
                if (read == SourceRead.Rows && source.PartitionAt(batch.Partition) is { } at && selection.Keep(batch, at.Partition))
                {
                    var taken = batch;
                    batch = null;
                    await DispatchAsync(taken).ConfigureAwait(false);
                }
            }
            finally
            {
                batch?.Dispose();
            }
        }
    }

    // What was left out again may be replayed after a further fix. Behind several windows a row may have counted in one.
    private async ValueTask SaveReplayAsync(
        IEventSource source, Checkpoint checkpoint, BarrierResult result, ReplaySelection selection, Dictionary<string, long[]> replayed, IReadOnlyCollection<DeadLetter> again)
    {
        var left = again.Where(letter => letter.Query is null || _plan.Branches.Count == 1).Select(letter => (source.PartitionAt(letter.Partition)?.Partition, letter.Position)).ToHashSet();
        var replays = new ReplayStore(_plan);
        var states = _followers.With(result.States, _followers.Next([]));
        await _options.Store.TransactAsync(
            async transaction =>
            {
                await FenceAsync(transaction).ConfigureAwait(false);
                foreach (var name in selection.Sources)
                {
                    var all = replayed[name].Concat(selection.FoundOf(name).Where(position => !left.Contains((name, position)))).Order().ToArray();
                    await replays.SaveAsync(transaction, checkpoint.Since, name, all).ConfigureAwait(false);
                }

                await _checkpoints.SaveAsync(transaction, checkpoint with { States = [.. states.Keys] }, states).ConfigureAwait(false);
                return true;
            },
            CancellationToken.None).ConfigureAwait(false);
        _checkpoints.Saved(states);
    }
}
