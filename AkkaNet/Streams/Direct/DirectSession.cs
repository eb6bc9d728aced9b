using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Akka.Streams;
using AkkaPrivacy.AkkaNet.Streams.Lanes;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>
/// One materialisation of a directly composed graph. The first step makes it; it travels with the batches, so that every
/// step of the same graph knows it. The last step plans and starts the run, whose reader's loop takes lines from the first
/// step, sends batches and controls through all, and is told of what fires at the last.
/// </summary>
internal sealed class DirectSession(DirectPipeline pipeline)
{
    private readonly Lock _lock = new();
    private readonly List<GraphNode> _nodes = [];
    private readonly List<Action<Exception>> _stops = [];
    private readonly CancellationTokenSource _failed = new();
    private readonly TaskCompletionSource<long> _position = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ExceptionDispatchInfo? _failure;
    private bool _started;

    public LineMailbox Lines { get; } = new(pipeline);

    public Channel<Signal<EventBatch>> Output { get; } = Channel.CreateBounded<Signal<EventBatch>>(
        new BoundedChannelOptions(pipeline.Settings.QueueCapacity) { SingleReader = true, SingleWriter = true });

    /// <summary>Counts steps that run, so that a run ends when all have given back what they held.</summary>
    public StoppedHosts Steps { get; } = new();

    /// <summary>Whether the reader's loop has sent everything: from then on the stream may end.</summary>
    public bool IsCompleting { get; private set; }

    public CancellationToken Failed => _failed.Token;

    public TimeSpan IdleAfter => pipeline.IdleAfter;

    /// <summary>Where the input goes on, when the stored state is known.</summary>
    public Task<long> Position => _position.Task;

    /// <summary>A step joins while the graph opens.</summary>
    /// <param name="node">What it does; null for the first one, which reads.</param>
    /// <param name="stop">Fails it, on any thread.</param>
    /// <returns>Its place.</returns>
    public int Join(GraphNode? node, Action<Exception> stop)
    {
        lock (_lock)
        {
            Steps.Enter();
            _stops.Add(stop);
            if (node is not null)
            {
                _nodes.Add(node);
            }

            return _nodes.Count - 1;
        }
    }

    /// <summary>Plans the whole graph and starts it.</summary>
    /// <exception cref="PlanException">The graph cannot be run; all mistakes are listed.</exception>
    public PipelineRun Start(GraphNode sink)
    {
        pipeline.Validate();
        var source = new SourceNode(DirectInput.Partition, () => new DirectInput(Lines, position => _position.TrySetResult(position)), LineSchema.Instance);
        var plan = PipelinePlanner.Plan(new PipelineGraph([source, .. _nodes, sink], pipeline.Settings));
        var run = new PipelineRun(plan, pipeline.Options with
        {
            SinksHoldReader = true,
            Lanes = (planned, lanes, arrival, context) => new DirectLanes(this, _nodes, planned, lanes, arrival, context),
        });
        _started = true;
        run.Start();
        return run;
    }

    /// <summary>The stream failed, or ended before its input did.</summary>
    public void Fail(Exception cause)
    {
        lock (_lock)
        {
            if (_failure is not null || IsCompleting)
            {
                return;
            }

            _failure = ExceptionDispatchInfo.Capture(DirectFailures.Safe(cause));
        }

        // Who waits for it goes on elsewhere: this is a thread of the stream.
        _ = _failed.CancelAsync();
        Lines.Fail(_failure.SourceException);
        if (!_started)
        {
            Stop(_failure.SourceException);
        }
    }

    /// <summary>What stands behind a step wants no more, or failed.</summary>
    public void Cancel(Exception cause, string place) => Fail(cause is SubscriptionWithCancelException.NonFailureCancellation
        ? new PipelineException($"An operator behind {place} cancelled the stream. The last stored state stays in force.")
        : cause);

    /// <summary>Fails every step that still runs.</summary>
    public void Stop(Exception cause)
    {
        Action<Exception>[] stops;
        lock (_lock)
        {
            _failure ??= ExceptionDispatchInfo.Capture(cause);
            stops = [.. _stops];
            _stops.Clear();
        }

        _position.TrySetException(cause);
        _ = _position.Task.Exception;
        Array.ForEach(stops, stop => stop(cause));
    }

    public void Complete()
    {
        IsCompleting = true;
        Output.Writer.TryComplete();
    }

    public void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();
}

/// <summary>What is told of failures that are not the product's own: their messages may quote a row.</summary>
internal static class DirectFailures
{
    public static Exception Safe(Exception cause) => cause switch
    {
        AbruptTerminationException => new PipelineException("The actor system ended while the pipeline ran. The last stored state stays in force; run the pipeline again to go on."),
        _ when cause.GetType().Assembly.GetName().Name is { } name && name.StartsWith("AkkaPrivacy.", StringComparison.Ordinal) => cause,
        _ => new PipelineException($"An operator between two steps failed with {cause.GetType().Name}. The last stored state stays in force."),
    };
}
