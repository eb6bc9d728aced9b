using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Lanes;

namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>
/// The lanes of a run as one materialised Akka.Streams graph. The reader's loop feeds it through a bounded channel, which
/// is the backpressure, and waits for the controls that it sends.
/// </summary>
internal sealed class AkkaLanes : ILaneSet, IStageWatch
{
    private readonly Channel<Signal<EventBatch>> _input;
    private readonly IMaterializer _materializer;
    private readonly IRunnableGraph<UniqueKillSwitch> _graph;
    private readonly int _capacity;
    private readonly List<TaskCompletionSource> _ends = [];
    private readonly List<IStageLink?> _links = [];
    private readonly CancellationTokenSource _failed = new();
    private readonly StoppedHosts _hosts = new();
    private IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _states = new Dictionary<string, ReadOnlyMemory<byte>>();
    private ExceptionDispatchInfo? _failure;
    private UniqueKillSwitch? _switch;
    private Task _ended = Task.CompletedTask;

    public AkkaLanes(PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context, IMaterializer materializer, Attributes island)
    {
        _materializer = materializer;
        _capacity = plan.Settings.QueueCapacity;
        _input = Channel.CreateBounded<Signal<EventBatch>>(new BoundedChannelOptions(_capacity) { SingleReader = true, SingleWriter = true });
        _graph = new LaneGraph(plan, lanes, arrival, context, island, this).Build(ChannelSource.FromReader(_input.Reader));
    }

    public IEnumerable<IStageLink> Links => _links.OfType<IStageLink>();

    public IReadOnlyList<QueueSnapshot> Queues => [new QueueSnapshot("reader", _input.Reader.Count, _capacity)];

    public async ValueTask StartAsync(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        _states = states;
        _switch = _graph.Run(_materializer);
        _ended = Task.WhenAll(_ends.Select(end => end.Task));
        foreach (var end in _ends)
        {
            // An actor system that ends stops streams without a failure of any stage.
            _ = end.Task.ContinueWith(task => SetFailed(task.Exception!.InnerException!), TaskContinuationOptions.OnlyOnFaulted);
        }

        await SendAsync(new StartControl(_ends.Count)).ConfigureAwait(false);
    }

    public async ValueTask DispatchAsync(EventBatch batch)
    {
        try
        {
            await WriteAsync(Signal<EventBatch>.Of(batch)).ConfigureAwait(false);
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    public async ValueTask FlushAsync() => await SendAsync(new FlushControl(_ends.Count)).ConfigureAwait(false);

    public async ValueTask<BarrierResult> BarrierAsync(LaneBarrier barrier)
    {
        var control = new BarrierControl(_ends.Count, barrier);
        await SendAsync(control).ConfigureAwait(false);
        return new BarrierResult(control.Fired, control.States);
    }

    public async ValueTask CompleteAsync()
    {
        _input.Writer.TryComplete();
        await _ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ThrowIfFailed();
    }

    public void Fail(Exception cause)
    {
        SetFailed(cause);
        _switch?.Abort(cause);
    }

    public async ValueTask DisposeAsync()
    {
        _input.Writer.TryComplete();
        await _ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _hosts.AllStopped.ConfigureAwait(false);
        while (_input.Reader.TryRead(out var signal))
        {
            signal.Release();
        }

    }

    TaskCompletionSource IStageWatch.End()
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ends.Add(end);
        return end;
    }

    HostedStage<TIn, TOut> IStageWatch.Watch<TIn, TOut>(HostedStage<TIn, TOut> hosted, int lane, string name)
    {
        var index = _links.Count;
        _links.Add(null);
        var key = LaneStates.Key(lane, name);
        return hosted with
        {
            State = () => _states.TryGetValue(key, out var state) ? (ReadOnlyMemory<byte>?)state : null,
            Started = link => _links[index] = link,
            Failed = SetFailed,
            Entered = _hosts.Enter,
            Stopped = _hosts.Leave,
        };
    }

    private async Task SendAsync(LaneControl control)
    {
        await WriteAsync(Signal<EventBatch>.Of(control)).ConfigureAwait(false);
        try
        {
            await control.Done.WaitAsync(_failed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ThrowIfFailed();
            throw;
        }
    }

    private async ValueTask WriteAsync(Signal<EventBatch> signal)
    {
        ThrowIfFailed();
        try
        {
            await _input.Writer.WriteAsync(signal, _failed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ThrowIfFailed();
            throw;
        }
    }

    private void SetFailed(Exception exception)
    {
        var cause = exception is AbruptTerminationException
            ? new PipelineException("The actor system ended while the pipeline ran. The last stored state stays in force; run the pipeline again to go on.", exception)
            : exception;
        if (Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(cause), null) is null)
        {
            _failed.Cancel();
        }
    }

    private void ThrowIfFailed() => Volatile.Read(ref _failure)?.Throw();
}
