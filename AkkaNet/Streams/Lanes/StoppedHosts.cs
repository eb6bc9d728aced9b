namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>Counts hosts that run, to know when the last one has given back what it held.</summary>
internal sealed class StoppedHosts
{
    private readonly TaskCompletionSource _allStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    // One for the owner, who asks when no host is entered any more.
    private int _running = 1;
    private int _asked;

    public Task AllStopped
    {
        get
        {
            if (Interlocked.Exchange(ref _asked, 1) == 0)
            {
                Leave();
            }

            return _allStopped.Task;
        }
    }

    public void Enter() => Interlocked.Increment(ref _running);

    public void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _allStopped.TrySetResult();
        }
    }
}
