using AkkaPrivacy.Engine.Graphs;

namespace AkkaPrivacy.Engine.Runtime;

/// <summary>The kill switch of one run: two requests, of which the reader takes note between batches.</summary>
internal sealed class PipelineKillSwitch : IKillSwitch
{
    private readonly CancellationTokenSource _stopReading = new();
    private readonly CancellationTokenSource _aborted = new();
    private Exception? _abort;

    public CancellationToken StopReading => _stopReading.Token;

    public CancellationToken Aborted => _aborted.Token;

    // The source is never disposed of, so that a late call from a signal handler still finds it; it holds no timer.
    public void Shutdown() => _stopReading.Cancel();

    public void Abort(Exception cause)
    {
        Interlocked.CompareExchange(ref _abort, cause, null);
        Shutdown();
        _aborted.Cancel();
    }

    public void ThrowIfAborted()
    {
        if (Volatile.Read(ref _abort) is { } cause)
        {
            throw new PipelineException("The pipeline was aborted; the last stored state stays in force.", cause);
        }
    }
}
