using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>
/// Several lanes, each on a task of its own: row stages, an exchange by subject, bounds and windows. The part of a batch
/// that belongs to the lane it is in goes on at once, while it is in the processor's cache; the other parts go to their
/// lanes' inboxes. The reader waits while many batches are in flight, which is the backpressure; lanes wait for nobody. A
/// barrier waits until nothing is in flight and all tasks rest, so that firing and snapshots see one consistent point.
/// </summary>
internal sealed class ParallelLanes : ILaneSet
{
    private readonly LaneInbox[] _inboxes;
    private readonly SubjectLane[] _subjects;
    private readonly List<IStageLink> _rowLinks = [];
    private readonly Exchange[] _exchanges;
    private readonly InFlight _inFlight;
    private readonly List<Task> _tasks = [];
    private readonly int _capacity;
    private int _next;

    public ParallelLanes(PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context)
    {
        _capacity = plan.Settings.QueueCapacity;
        _inFlight = new InFlight(lanes * _capacity);
        _inboxes = [.. Enumerable.Range(0, lanes).Select(_ => new LaneInbox())];
        _subjects = [.. Enumerable.Range(0, lanes).Select(lane => new SubjectLane(plan, lane, context))];
        _exchanges = [.. Enumerable.Range(0, lanes).Select(_ => new Exchange(lanes, plan.SubjectSlot))];
        for (var lane = 0; lane < lanes; lane++)
        {
            var exchange = _exchanges[lane];
            var links = new List<IStageLink>();
            var entry = RowChain.Build(arrival.Insert(plan.Shared), exchange, lane, context, links);
            _rowLinks.AddRange(links);
            var subjects = _subjects[lane];
            _tasks.Add(Task.Run(() => RunAsync(entry, exchange, subjects)));
        }
    }

    public IEnumerable<IStageLink> Links => _rowLinks.Concat(_subjects.SelectMany(lane => lane.Links));

    IReadOnlyList<QueueSnapshot> ILaneSet.Queues =>
    [
        .. _inboxes.Select((inbox, lane) => new QueueSnapshot($"rows/{lane}", inbox.Batches, _capacity)),
        .. _inboxes.Select((inbox, lane) => new QueueSnapshot($"subjects/{lane}", inbox.Parts, _inboxes.Length * _capacity)),
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

        await _inFlight.WhenRoomAsync().ConfigureAwait(false);
        _inFlight.Add();
        NextInbox().PutBatch(batch);
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
        Array.ForEach(_inboxes, inbox => inbox.Complete());
        await Task.WhenAll(_tasks).ConfigureAwait(false);
    }

    // The emptiest one, in turn among equals: a lane that the machine holds up gets less. As no more than lanes x capacity
    // batches are in flight, none of them gets more than its capacity.
    private LaneInbox NextInbox()
    {
        var (best, fewest) = (0, int.MaxValue);
        for (var i = 1; i <= _inboxes.Length; i++)
        {
            var lane = (_next + i) % _inboxes.Length;
            if (_inboxes[lane].Batches is var waiting && waiting < fewest)
            {
                (best, fewest) = (lane, waiting);
            }
        }

        _next = best;
        return _inboxes[best];
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

    private async Task RunAsync(IOutlet<EventBatch> entry, Exchange exchange, SubjectLane subjects)
    {
        while (await _inboxes[subjects.Lane].TakeAsync().ConfigureAwait(false) is var (batch, isPart))
        {
            Process(isPart ? subjects : entry, batch);
            PassOn(exchange, subjects);
            _inFlight.Remove();
        }
    }

    // Other lanes get their parts first, so that they need not wait for this one to count its own.
    private void PassOn(Exchange exchange, SubjectLane own)
    {
        foreach (var (lane, part) in exchange.Pending)
        {
            if (lane != own.Lane)
            {
                _inFlight.Add();
                _inboxes[lane].PutPart(part);
            }
        }

        foreach (var (lane, part) in exchange.Pending)
        {
            if (lane == own.Lane)
            {
                Process(own, part);
            }
        }

        exchange.Pending.Clear();
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
