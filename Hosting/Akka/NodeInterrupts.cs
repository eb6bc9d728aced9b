using AkkaPrivacy.AkkaNet.Singleton.Ownership;

namespace AkkaPrivacy.Hosting.Akka;

/// <summary>What Ctrl-C does to a node: the first drains, the second stops at once.</summary>
/// <param name="error">Standard error.</param>
internal sealed class NodeInterrupts(TextWriter error) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private HostedPipeline? _pipeline;
    private int _calls;

    /// <summary>Cancelled by the first interrupt.</summary>
    public CancellationToken First => _first.Token;

    /// <summary>Cancelled by the second.</summary>
    public CancellationToken Second => _second.Token;

    /// <summary>From now on interrupts concern this pipeline.</summary>
    public void Attach(HostedPipeline pipeline)
    {
        lock (_gate)
        {
            _pipeline = pipeline;
            if (_calls > 0)
            {
                Drain(pipeline);
            }
        }
    }

    public void OnInterrupt()
    {
        lock (_gate)
        {
            _calls++;
            if (_calls == 1)
            {
                error.WriteLine("Interrupted: draining what was read, storing the state and leaving the cluster. Once more stops at once.");
                _first.Cancel();
                if (_pipeline is not null)
                {
                    Drain(_pipeline);
                }
            }
            else
            {
                _pipeline?.Abort();
                _second.Cancel();
            }
        }
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    // Whether it drained in time is seen from the run's completion, which the command waits for.
    private static void Drain(HostedPipeline pipeline) => pipeline.DrainAsync().ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
