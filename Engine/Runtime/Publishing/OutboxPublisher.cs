using System.Runtime.ExceptionServices;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Supervision;

namespace AkkaPrivacy.Engine.Runtime.Publishing;

/// <summary>Publishes stored releases to each sink, at least once, each from where that sink stands in the outbox, and beside
/// the reader: counting waits for no sink.</summary>
internal sealed class OutboxPublisher
{
    private const int PageSize = 256;
    private readonly IStore _store;
    private readonly IOutbox _outbox;
    private readonly string _pipeline;
    private readonly List<SinkPump> _pumps;

    public OutboxPublisher(PipelinePlan plan, EmbeddedRuntimeOptions options, Supervisor supervisor, Func<IStoreTransaction, ValueTask> fence)
    {
        _store = options.Store;
        _outbox = options.Outbox;
        _pipeline = plan.Settings.Name;
        _pumps =
        [
            .. plan.Branches.SelectMany(branch => branch.Queries)
                .SelectMany(query => query.Sinks, (query, sink) => (Sink: sink, Query: (query.Query.Name, query.Hash)))
                .GroupBy(pair => pair.Sink, (sink, pairs) => (Sink: sink, Queries: pairs.Select(pair => pair.Query).ToHashSet()))
                .Select(pair => new SinkPump(pair.Sink, stop => PublishPageAsync(pair.Sink, pair.Queries, fence, stop), supervisor, options.Time, options.Background)),
        ];
    }

    public IReadOnlyList<SinkSnapshot> Sinks => [.. _pumps.Select(pump => new SinkSnapshot(pump.Name, pump.State))];

    /// <summary>There may be releases to publish.</summary>
    public void Ask() => _pumps.ForEach(pump => pump.Ask());

    /// <summary>Throws what a sink failed with for good.</summary>
    public void ThrowIfFailed()
    {
        if (_pumps.Select(pump => pump.Failure).FirstOrDefault(failure => failure is not null) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Waits until everything is published; throws what a sink failed with.</summary>
    /// <param name="patient">Whether sinks that failed are asked again as supervision says; otherwise what they have not taken
    /// stays in the outbox for the next run.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async ValueTask DrainAsync(bool patient, CancellationToken cancellationToken)
    {
        if (!patient)
        {
            _pumps.ForEach(pump => pump.Hurry());
        }

        await Task.WhenAll(_pumps.Select(pump => pump.WhenIdleAsync())).WaitAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfFailed();
    }

    /// <summary>Ends when some sinks have taken everything that was asked for, or have failed for good.</summary>
    public Task WhenIdleAsync(IReadOnlySet<string> sinks) => Task.WhenAll(_pumps.Where(pump => sinks.Contains(pump.Name)).Select(pump => pump.WhenIdleAsync()));

    /// <summary>Leaves the sinks alone; what they have not taken stays in the outbox.</summary>
    public async ValueTask StopAsync()
    {
        foreach (var pump in _pumps)
        {
            await pump.StopAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> PublishPageAsync(
        IReleaseSink sink, HashSet<(string, string)> queries, Func<IStoreTransaction, ValueTask> fence, CancellationToken cancellationToken)
    {
        var cursor = $"{_pipeline}/{sink.Name}";
        var page = await _store.TransactAsync(
            async transaction =>
            {
                // Whoever was superseded while it stood still leaves publishing to its successor.
                await fence(transaction).ConfigureAwait(false);
                return await _outbox.ReadAsync(transaction, await _outbox.CursorAsync(transaction, cursor).ConfigureAwait(false), PageSize).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        if (page.Count == 0)
        {
            return false;
        }

        var mine = page.Where(entry => entry.Release.Id.Pipeline == _pipeline && queries.Contains((entry.Release.Id.Query, entry.Release.Id.PlanHash)))
            .Select(entry => entry.Release).ToList();
        if (mine.Count > 0)
        {
            await sink.PublishAsync(mine, cancellationToken).ConfigureAwait(false);
        }

        await _store.TransactAsync(
            async transaction =>
            {
                await fence(transaction).ConfigureAwait(false);
                await _outbox.AdvanceAsync(transaction, cursor, page[^1].Sequence).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return page.Count == PageSize;
    }
}
