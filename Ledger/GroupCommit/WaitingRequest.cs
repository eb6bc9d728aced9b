using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.Ledger.GroupCommit;

/// <summary>A request on its way through a group. It ends once: withdrawn by its caller before its group began, or
/// answered.</summary>
internal sealed class WaitingRequest(ReleaseRequest request, Func<DrawnValues> draw)
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource<ReleaseOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<DrawnValues> _drawn = new(() => ReleaseWriter.Check(draw()));
    private int _state = Waiting;

    public ReleaseRequest Request { get; } = request;

    /// <summary>The release's id as stored.</summary>
    public string Id { get; } = request.Id.ToString();

    /// <summary>What the caller waits for.</summary>
    public Task<ReleaseOutcome> Answer => _answer.Task;

    /// <summary>What the transaction is going to answer once it is committed.</summary>
    public ReleaseOutcome? Outcome { get; set; }

    /// <summary>Why this request alone fails.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Takes the request into a group.</summary>
    /// <returns>False when its caller has withdrawn it.</returns>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Withdraws the request, unless its group has begun.</summary>
    public void Withdraw(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting)
        {
            _answer.TrySetCanceled(cancellationToken);
        }
    }

    /// <summary>Draws, once: a request that is decided again keeps its values, which nobody has seen.</summary>
    /// <exception cref="InvalidOperationException">They break the contract of <see cref="DrawnValues"/>.</exception>
    public DrawnValues Draw() => _drawn.Value;

    /// <summary>Answers after the commit.</summary>
    public void Complete()
    {
        if (Fault is { } fault)
        {
            _answer.TrySetException(fault);
        }
        else
        {
            _answer.TrySetResult(Outcome!);
        }
    }

    /// <summary>Answers with the failure of the group's transaction. Each caller gets an exception of its own to throw.</summary>
    public void Fail(Exception failure) => _answer.TrySetException(
        failure is StoreException store ? new StoreException(store.Failure, store.Message, store) : failure);
}
