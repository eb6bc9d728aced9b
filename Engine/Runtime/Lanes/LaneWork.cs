using System.Threading.Tasks.Sources;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>
/// What the tasks of the lanes do next, the reader's loop among it: a lane that has nothing to count takes the loop's next
/// turn, reads a batch and counts it at once, while it is in its processor's cache. So there is no thread beside the lanes,
/// and none is woken for each batch. A source that answers later (a disk, a network) goes on with the loop on a thread of its
/// own, and reads ahead until the limit.
/// </summary>
/// <remarks>
/// A lane takes, in this order: what was posted to it, the batch that it has read itself, parts that other lanes have passed
/// on, batches that were read ahead, the reader's turn. It never waits for another lane. All of it counts as in flight until
/// it is done; at a limit nothing more is read. Only the reader adds batches, so nothing comes up once it waits for the end of
/// what is in flight.
/// </remarks>
/// <param name="lanes">How many lanes.</param>
/// <param name="limit">Batches and parts in flight from which on nothing is read ahead, more than <paramref name="lanes"/>.</param>
internal sealed class LaneWork(int lanes, int limit) : IValueTaskSource
{
    [ThreadStatic]
    private static (LaneWork? Work, int Lane) _here;

    // What lanes read themselves need not wait for anything: a batch in each of them and its parts for all others keep them
    // busy. More would only let a lane run away from one that the machine holds up, and new batches be allocated for it.
    private readonly int _ownLimit = Math.Min(limit, lanes * (1 + lanes));
    private readonly Lock _lock = new();
    private readonly Queue<Action>[] _posts = [.. Enumerable.Range(0, lanes).Select(_ => new Queue<Action>())];
    private readonly EventBatch?[] _own = new EventBatch?[lanes];
    private readonly Queue<EventBatch>[] _parts = [.. Enumerable.Range(0, lanes).Select(_ => new Queue<EventBatch>())];
    private readonly Queue<EventBatch> _ahead = new();
    private readonly TaskCompletionSource?[] _idle = new TaskCompletionSource?[lanes];
    private (Action<object?> Continue, object? State)? _reader;
    private Wait _wait;
    private bool _isTaken;
    private short _turn;
    private int _inFlight;
    private bool _completed;

    private enum Wait
    {
        /// <summary>For a lane, while there is room.</summary>
        Lane,

        /// <summary>For room, on any thread.</summary>
        Room,

        /// <summary>For a lane, once nothing is in flight.</summary>
        Empty,
    }

    /// <summary>Batches that were read ahead.</summary>
    public int Ahead
    {
        get
        {
            lock (_lock)
            {
                return _ahead.Count;
            }
        }
    }

    /// <summary>Parts from other lanes that wait for one.</summary>
    public int Parts(int lane)
    {
        lock (_lock)
        {
            return _parts[lane].Count;
        }
    }

    /// <summary>Puts a batch in; for the reader. The task ends when it may read the next one.</summary>
    public ValueTask ReadAsync(EventBatch batch)
    {
        TaskCompletionSource? wake = null;
        lock (_lock)
        {
            _inFlight++;
            if (IsHere)
            {
                _own[_here.Lane] = batch;
                return Turn(Wait.Lane);
            }

            _ahead.Enqueue(batch);
            wake = TakeIdle();
        }

        wake?.SetResult();
        lock (_lock)
        {
            return _inFlight < limit ? ValueTask.CompletedTask : Turn(Wait.Room);
        }
    }

    /// <summary>Waits until nothing is in flight; for the reader, which then goes on in the place of a lane.</summary>
    public ValueTask WhenEmptyAsync()
    {
        lock (_lock)
        {
            return IsHere && _inFlight == 0 ? ValueTask.CompletedTask : Turn(Wait.Empty);
        }
    }

    /// <summary>Passes a part on to the lane that it is for.</summary>
    public void PassOn(int lane, EventBatch part)
    {
        TaskCompletionSource? wake;
        lock (_lock)
        {
            _inFlight++;
            _parts[lane].Enqueue(part);
            wake = TakeIdle(lane);
        }

        wake?.SetResult();
    }

    /// <summary>Has a lane do something.</summary>
    public void Post(int lane, Action work)
    {
        TaskCompletionSource? wake;
        lock (_lock)
        {
            _inFlight++;
            _posts[lane].Enqueue(work);
            wake = TakeIdle(lane);
        }

        wake?.SetResult();
    }

    /// <summary>No more will come; what is there is still done.</summary>
    public void Complete()
    {
        List<TaskCompletionSource?> wake = [];
        lock (_lock)
        {
            _completed = true;
            for (var lane = 0; lane < lanes; lane++)
            {
                wake.Add(TakeIdle(lane));
            }
        }

        wake.ForEach(idle => idle?.SetResult());
    }

    /// <summary>Takes the next thing to do. Only the lane's own task takes.</summary>
    /// <param name="lane">The lane.</param>
    public async ValueTask<LaneTask> TakeAsync(int lane)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (TryTake(lane) is { } next)
                {
                    return next;
                }

                _idle[lane] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _idle[lane]!.Task;
            }

            await wait.ConfigureAwait(false);
        }
    }

    /// <summary>A lane has done what it took, the reader's turn aside.</summary>
    public void Done()
    {
        (Action<object?> Continue, object? State)? reader = null;
        TaskCompletionSource? wake = null;
        lock (_lock)
        {
            _inFlight--;
            if (_reader is not null && _wait == Wait.Room && _inFlight <= limit / 2)
            {
                reader = TakeReader();
            }
            else if (_reader is not null && _wait == Wait.Lane && _inFlight == _ownLimit - 1)
            {
                wake = TakeIdle();
            }
        }

        wake?.SetResult();
        if (reader is var (go, state))
        {
            ThreadPool.UnsafeQueueUserWorkItem(go, state, preferLocal: false);
        }
    }

    /// <summary>Goes on with the reader's loop in the place of a lane, until it waits for something.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="turn">What was taken.</param>
    public void Run(int lane, LaneTask turn)
    {
        _here = (this, lane);
        try
        {
            turn.Reader!(turn.State);
        }
        finally
        {
            _here = default;
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => Volatile.Read(ref _isTaken) ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource.GetResult(short token)
    {
        if (token != _turn || !Volatile.Read(ref _isTaken))
        {
            throw new InvalidOperationException("The reader's turn has not come.");
        }
    }

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        (Action<object?> Continue, object? State)? reader = null;
        TaskCompletionSource? wake = null;
        lock (_lock)
        {
            _reader = (continuation, state);
            if (_wait == Wait.Room && _inFlight <= limit / 2)
            {
                reader = TakeReader();
            }
            else if (IsDue)
            {
                wake = TakeIdle();
            }
        }

        wake?.SetResult();
        if (reader is var (go, at))
        {
            ThreadPool.UnsafeQueueUserWorkItem(go, at, preferLocal: false);
        }
    }

    private bool IsHere => ReferenceEquals(_here.Work, this);

    private bool IsDue => _wait switch
    {
        Wait.Lane => _inFlight < _ownLimit,
        Wait.Empty => _inFlight == 0,
        _ => false,
    };

    private ValueTask Turn(Wait wait)
    {
        _wait = wait;
        Volatile.Write(ref _isTaken, false);
        return new ValueTask(this, ++_turn);
    }

    private (Action<object?> Continue, object? State)? TakeReader()
    {
        var reader = _reader;
        _reader = null;
        Volatile.Write(ref _isTaken, true);
        return reader;
    }

    private LaneTask? TryTake(int lane)
    {
        if (_posts[lane].TryDequeue(out var post))
        {
            return new LaneTask { Post = post };
        }

        if (_own[lane] is { } own)
        {
            _own[lane] = null;
            return new LaneTask { Batch = own };
        }

        if (_parts[lane].TryDequeue(out var part))
        {
            return new LaneTask { Batch = part, IsPart = true };
        }

        if (_ahead.TryDequeue(out var batch))
        {
            return new LaneTask { Batch = batch };
        }

        return _reader is not null && IsDue && TakeReader() is var (reader, state) ? new LaneTask { Reader = reader, State = state }
            : _completed ? default(LaneTask)
            : null;
    }

    private TaskCompletionSource? TakeIdle()
    {
        for (var lane = 0; lane < lanes; lane++)
        {
            if (_idle[lane] is not null)
            {
                return TakeIdle(lane);
            }
        }

        return null;
    }

    private TaskCompletionSource? TakeIdle(int lane)
    {
        var idle = _idle[lane];
        _idle[lane] = null;
        return idle;
    }
}

/// <summary>One thing to do for a lane; nothing is set when there is nothing more.</summary>
internal readonly record struct LaneTask
{
    /// <summary>A batch, or a part of one.</summary>
    public EventBatch? Batch { get; init; }

    /// <summary>Whether the batch has been through the row stages and the exchange.</summary>
    public bool IsPart { get; init; }

    /// <summary>What was posted.</summary>
    public Action? Post { get; init; }

    /// <summary>The reader's loop.</summary>
    public Action<object?>? Reader { get; init; }

    /// <summary>What the reader's loop is called with.</summary>
    public object? State { get; init; }
}
