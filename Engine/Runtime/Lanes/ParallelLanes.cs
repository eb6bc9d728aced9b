using System.Runtime.ExceptionServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>
/// Several lanes, each on a task of its own: row stages, an exchange by subject, bounds and windows. The part of a batch
/// that belongs to the lane it is in goes on at once, while it is in the processor's cache; the other parts go to their
/// lanes. Lanes wait for nobody, and do the reader's work as well (<see cref="LaneWork"/>). A barrier waits until nothing is in
/// flight; then each lane fires its windows and takes its snapshots, so that all see one consistent point.
/// </summary>
internal sealed class ParallelLanes : ILaneSet
{
    private readonly LaneWork _work;
    private readonly SubjectLane[] _subjects;
    private readonly List<IStageLink>[] _rowLinks;
    private readonly Exchange[] _exchanges;
    private readonly List<Task> _tasks = [];
    private readonly int _limit;
    private ExceptionDispatchInfo? _failure;

    public ParallelLanes(PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context)
    {
        _limit = lanes * (1 + plan.Settings.QueueCapacity);
        _work = new LaneWork(lanes, _limit);
        _subjects = [.. Enumerable.Range(0, lanes).Select(lane => new SubjectLane(plan, lane, context))];
        _exchanges = [.. Enumerable.Range(0, lanes).Select(_ => new Exchange(lanes, plan.SubjectSlot))];
        _rowLinks = [.. Enumerable.Range(0, lanes).Select(_ => new List<IStageLink>())];
        for (var lane = 0; lane < lanes; lane++)
        {
            var entry = RowChain.Build(arrival.Insert(plan.Shared), _exchanges[lane], lane, context, _rowLinks[lane]);
            var (exchange, subjects) = (_exchanges[lane], _subjects[lane]);
            _tasks.Add(Task.Run(() => RunAsync(entry, exchange, subjects)));
        }
    }

    public IEnumerable<IStageLink> Links => _rowLinks.SelectMany(links => links).Concat(_subjects.SelectMany(lane => lane.Links));

    IReadOnlyList<QueueSnapshot> ILaneSet.Queues =>
    [
        new QueueSnapshot("rows", _work.Ahead, _limit),
        .. _subjects.Select(lane => new QueueSnapshot($"subjects/{lane.Lane}", _work.Parts(lane.Lane), _limit)),
    ];

    public ValueTask StartAsync(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        LaneStates.Start(Links, states);
        return WhenEmptyAsync();
    }

    public ValueTask DispatchAsync(EventBatch batch)
    {
        if (HasFailed)
        {
            batch.Dispose();
            ThrowIfFailed();
        }

        return _work.ReadAsync(batch);
    }

    public async ValueTask FlushAsync()
    {
        await WhenEmptyAsync().ConfigureAwait(false);
        ForRows(link => link.OnIdle());
        foreach (var link in _subjects.SelectMany(lane => lane.Links))
        {
            link.OnIdle();
        }
    }

    public async ValueTask<BarrierResult> BarrierAsync(LaneBarrier barrier)
    {
        await WhenEmptyAsync().ConfigureAwait(false);
        if (barrier.Frontiers is not null)
        {
            ForRows(link => link.OnFrontier(barrier.Earliest));
        }

        var states = new Dictionary<string, ReadOnlyMemory<byte>>[_subjects.Length];
        foreach (var subjects in _subjects)
        {
            _work.Post(subjects.Lane, () => states[subjects.Lane] = Fire(subjects, barrier));
        }

        await WhenEmptyAsync().ConfigureAwait(false);
        return new BarrierResult([.. _subjects.SelectMany(lane => lane.TakeFired())], states.SelectMany(part => part).ToDictionary());
    }

    public ValueTask CompleteAsync()
    {
        ForRows(link => link.Complete());
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
        _work.Complete();
        await Task.WhenAll(_tasks).ConfigureAwait(false);
    }

    private bool HasFailed => Volatile.Read(ref _failure) is not null;

    private void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();

    private async ValueTask WhenEmptyAsync()
    {
        await _work.WhenEmptyAsync().ConfigureAwait(false);
        ThrowIfFailed();
    }

    // Between batches the lanes rest, so what row stages still push goes to the subjects on the caller's thread.
    private void ForRows(Action<IStageLink> call)
    {
        foreach (var links in _rowLinks)
        {
            links.ForEach(call);
        }

        foreach (var exchange in _exchanges)
        {
            foreach (var (lane, part) in exchange.Pending)
            {
                _subjects[lane].Push(part);
            }

            exchange.Pending.Clear();
        }
    }

    private Dictionary<string, ReadOnlyMemory<byte>> Fire(SubjectLane subjects, LaneBarrier barrier)
    {
        if (barrier.Frontiers is { } frontiers)
        {
            subjects.OnFrontier(frontiers);
        }

        return barrier.Snapshot ? LaneStates.Take(_rowLinks[subjects.Lane].Concat(subjects.Links)) : [];
    }

    private async Task RunAsync(IOutlet<EventBatch> entry, Exchange exchange, SubjectLane subjects)
    {
        while (true)
        {
            var next = await _work.TakeAsync(subjects.Lane).ConfigureAwait(false);
            if (next.Reader is not null)
            {
                _work.Run(subjects.Lane, next);
                continue;
            }

            if (next.Batch is { } batch)
            {
                Process(next.IsPart ? subjects : entry, batch);
                PassOn(exchange, subjects);
            }
            else if (next.Post is { } post)
            {
                Do(post);
            }
            else
            {
                return;
            }

            _work.Done();
        }
    }

    // Other lanes get their parts first, so that they need not wait for this one to count its own.
    private void PassOn(Exchange exchange, SubjectLane own)
    {
        foreach (var (lane, part) in exchange.Pending)
        {
            if (lane != own.Lane)
            {
                _work.PassOn(lane, part);
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

    // After a failure the lanes go on emptying their queues; the reader sees the failure at its next batch or barrier, and
    // nothing is released or stored.
    private void Process(IOutlet<EventBatch> entry, EventBatch batch)
    {
        if (HasFailed)
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
            SetFailed(exception);
        }
    }

    private void Do(Action post)
    {
        try
        {
            post();
        }
        catch (Exception exception)
        {
            SetFailed(exception);
        }
    }

    private void SetFailed(Exception exception) => Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
}
