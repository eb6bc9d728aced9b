using System.Threading.Channels;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>
/// Several lanes: row stages run on one task a lane, then an exchange by subject, then bounds and windows on one task a
/// lane. Bounded queues between them are the backpressure. A barrier waits until all queues are empty and all tasks
/// rest, so that firing and snapshots see one consistent point.
/// </summary>
internal sealed class ParallelLanes : ILaneSet
{
    private readonly Channel<EventBatch>[] _rowQueues;
    private readonly Channel<EventBatch>[] _subjectQueues;
    private readonly SubjectLane[] _subjects;
    private readonly List<IStageLink> _rowLinks = [];
    private readonly Exchange[] _exchanges;
    private readonly InFlight _inFlight = new();
    private readonly List<Task> _tasks = [];
    private readonly int _capacity;
    private int _next;

    public ParallelLanes(PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context)
    {
        _capacity = plan.Settings.QueueCapacity;
        _rowQueues = Queues(lanes, singleWriter: true);
        _subjectQueues = Queues(lanes, singleWriter: false);
        _subjects = [.. Enumerable.Range(0, lanes).Select(lane => new SubjectLane(plan, lane, context))];
        _exchanges = [.. Enumerable.Range(0, lanes).Select(_ => new Exchange(lanes, plan.SubjectSlot))];
        for (var lane = 0; lane < lanes; lane++)
        {
            var exchange = _exchanges[lane];
            var links = new List<IStageLink>();
            var entry = RowChain.Build(arrival.Insert(plan.Shared), exchange, lane, context, links);
            _rowLinks.AddRange(links);
            var (rows, subjects, subjectLane) = (_rowQueues[lane], _subjectQueues[lane], _subjects[lane]);
            _tasks.Add(Task.Run(() => RunRowsAsync(rows.Reader, entry, exchange)));
            _tasks.Add(Task.Run(() => RunSubjectsAsync(subjects.Reader, subjectLane)));
        }
    }

    public IEnumerable<IStageLink> Links => _rowLinks.Concat(_subjects.SelectMany(lane => lane.Links));

    IReadOnlyList<QueueSnapshot> ILaneSet.Queues =>
    [
        .. _rowQueues.Select((queue, lane) => new QueueSnapshot($"rows/{lane}", queue.Reader.Count, _capacity)),
        .. _subjectQueues.Select((queue, lane) => new QueueSnapshot($"subjects/{lane}", queue.Reader.Count, _capacity)),
    ];

    public ValueTask StartAsync(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        LaneStates.Start(Links, states);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DispatchAsync(EventBatch batch)
    {
        if (_inFlight.HasFailed)
        {
            batch.Dispose();
            _inFlight.ThrowIfFailed();
        }

        _inFlight.Add();
        _next = (_next + 1) % _rowQueues.Length;
        await _rowQueues[_next].Writer.WriteAsync(batch).ConfigureAwait(false);
    }

    public async ValueTask FlushAsync()
    {
        await _inFlight.WhenEmptyAsync().ConfigureAwait(false);
        _rowLinks.ForEach(link => link.OnIdle());
        PassOn();
        foreach (var link in _subjects.SelectMany(lane => lane.Links))
        {
            link.OnIdle();
        }
    }

    public async ValueTask<BarrierResult> BarrierAsync(LaneBarrier barrier)
    {
        await _inFlight.WhenEmptyAsync().ConfigureAwait(false);
        if (barrier.Frontiers is { } frontiers)
        {
            _rowLinks.ForEach(link => link.OnFrontier(barrier.Earliest));
            PassOn();
            await Parallel.ForEachAsync(_subjects, (lane, _) =>
            {
                lane.OnFrontier(frontiers);
                return ValueTask.CompletedTask;
            }).ConfigureAwait(false);
        }

        var states = barrier.Snapshot ? LaneStates.Take(Links) : [];
        return new BarrierResult([.. _subjects.SelectMany(lane => lane.TakeFired())], states);
    }

    public ValueTask CompleteAsync()
    {
        _rowLinks.ForEach(link => link.Complete());
        PassOn();
        foreach (var link in _subjects.SelectMany(lane => lane.Links))
        {
            link.Complete();
        }

        return ValueTask.CompletedTask;
    }

    public void Fail(Exception cause)
    {
        foreach (var link in Links)
        {
            link.Fail(cause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_rowQueues, queue => queue.Writer.TryComplete());
        await Task.WhenAll(_tasks.Where((_, i) => i % 2 == 0)).ConfigureAwait(false);
        Array.ForEach(_subjectQueues, queue => queue.Writer.TryComplete());
        await Task.WhenAll(_tasks).ConfigureAwait(false);
    }

    // Between batches the lanes rest, so what row stages still push goes to the subjects on the caller's thread.
    private void PassOn()
    {
        foreach (var exchange in _exchanges)
        {
            foreach (var (lane, part) in exchange.Pending)
            {
                _subjects[lane].Push(part);
            }

            exchange.Pending.Clear();
        }
    }

    private Channel<EventBatch>[] Queues(int lanes, bool singleWriter) =>
    [
        .. Enumerable.Range(0, lanes).Select(_ => Channel.CreateBounded<EventBatch>(
            new BoundedChannelOptions(_capacity) { SingleReader = true, SingleWriter = singleWriter })),
    ];

    private async Task RunRowsAsync(ChannelReader<EventBatch> queue, IOutlet<EventBatch> entry, Exchange exchange)
    {
        await foreach (var batch in queue.ReadAllAsync().ConfigureAwait(false))
        {
            Process(entry, batch);
            foreach (var (lane, part) in exchange.Pending)
            {
                _inFlight.Add();
                await _subjectQueues[lane].Writer.WriteAsync(part).ConfigureAwait(false);
            }

            exchange.Pending.Clear();
            _inFlight.Remove();
        }
    }

    private async Task RunSubjectsAsync(ChannelReader<EventBatch> queue, SubjectLane subjects)
    {
        await foreach (var batch in queue.ReadAllAsync().ConfigureAwait(false))
        {
            Process(subjects, batch);
            _inFlight.Remove();
        }
    }

    // After a failure the lanes go on emptying their queues, so that nobody waits for a place in one; the reader sees the
    // failure at its next batch or barrier, and nothing is released or stored.
    private void Process(IOutlet<EventBatch> entry, EventBatch batch)
    {
        if (_inFlight.HasFailed)
        {
            batch.Dispose();
            return;
        }

        try
        {
            entry.Push(batch);
        }
        catch (Exception exception)
        {
            _inFlight.SetFailed(exception);
        }
    }
}
