using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Engine.Runtime.Publishing;

/// <summary>Publishes stored releases to each sink, at least once, each from where that sink stands in the outbox.</summary>
internal sealed class OutboxPublisher
{
    private const int PageSize = 256;
    private readonly IStore _store;
    private readonly IOutbox _outbox;
    private readonly string _pipeline;
    private readonly List<(IReleaseSink Sink, HashSet<(string Query, string Hash)> Queries)> _sinks;

    public OutboxPublisher(PipelinePlan plan, IStore store, IOutbox outbox)
    {
        _store = store;
        _outbox = outbox;
        _pipeline = plan.Settings.Name;
        _sinks =
        [
            .. plan.Branches.SelectMany(branch => branch.Queries)
                .SelectMany(query => query.Sinks, (query, sink) => (Sink: sink, Query: (query.Query.Name, query.Hash)))
                .GroupBy(pair => pair.Sink, (sink, pairs) => (sink, pairs.Select(pair => pair.Query).ToHashSet())),
        ];
    }

    public IEnumerable<IReleaseSink> Sinks => _sinks.Select(pair => pair.Sink);

    public async ValueTask PublishAsync(Func<IStoreTransaction, ValueTask> fence, CancellationToken cancellationToken)
    {
        foreach (var (sink, queries) in _sinks)
        {
            while (await PublishPageAsync(sink, queries, fence, cancellationToken).ConfigureAwait(false))
            {
            }
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
