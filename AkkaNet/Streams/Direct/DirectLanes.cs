using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.AkkaNet.Streams.Direct;

/// <summary>The one lane of a run whose stages stand in a directly composed graph.</summary>
internal sealed class DirectLanes : ILaneSet
{
    private readonly DirectSession _session;
    private readonly PipelinePlan _plan;
    private readonly LaneContext _context;
    private readonly IReadOnlyList<(string Name, Stage<EventBatch, EventBatch> Stage)> _stages;
    private readonly int[] _ends;
    private readonly List<IStageLink> _links = [];
    private IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _states = new Dictionary<string, ReadOnlyMemory<byte>>();

    public DirectLanes(DirectSession session, IReadOnlyList<GraphNode> nodes, PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context)
    {
        if (lanes != 1)
        {
            throw new PipelineException($"The stored state of pipeline '{plan.Settings.Name}' was made with {lanes} lanes; a directly composed graph has one. Nothing was changed.");
        }

        (_session, _plan, _context) = (session, plan, context);
        _stages = arrival.Insert(plan.Shared);
        _ends = [.. Enumerable.Range(1, nodes.Count).Select(count => End(nodes.Take(count)))];
    }

    public IEnumerable<IStageLink> Links
    {
        get
        {
            lock (_links)
            {
                return [.. _links];
            }
        }
    }

    public IReadOnlyList<QueueSnapshot> Queues => [new QueueSnapshot("reader", _session.Output.Reader.Count, _plan.Settings.QueueCapacity)];

    /// <summary>Starts the stages of a step, in its own thread.</summary>
    /// <param name="step">Its place.</param>
    /// <param name="outlet">Where the last of them pushes.</param>
    public (IOutlet<EventBatch> Entry, IReadOnlyList<IStageLink> Links) Begin(int step, IOutlet<EventBatch> outlet)
    {
        var from = step == 0 ? 0 : _ends[step - 1];
        return Begin(_stages.Skip(from).Take(_ends[step] - from), outlet);
    }

    /// <summary>Starts what stands behind the last step with rows: the branches and their windows.</summary>
    public (IOutlet<EventBatch> Entry, IReadOnlyList<IStageLink> Links, SubjectLane Subjects) BeginLast()
    {
        var subjects = new SubjectLane(_plan, 0, _context);
        var (entry, links) = Begin(_stages.Skip(_ends.Length == 0 ? 0 : _ends[^1]), subjects);
        Register(subjects.Links);
        return (entry, links, subjects);
    }

    public async ValueTask StartAsync(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> states)
    {
        _states = states;
        await SendAsync(new BeginControl(this)).ConfigureAwait(false);
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

    public async ValueTask FlushAsync() => await SendAsync(new IdleControl()).ConfigureAwait(false);

    public async ValueTask<BarrierResult> BarrierAsync(LaneBarrier barrier)
    {
        var control = new FireControl(barrier);
        await SendAsync(control).ConfigureAwait(false);
        return new BarrierResult(control.Fired, control.States);
    }

    public async ValueTask CompleteAsync()
    {
        _session.ThrowIfFailed();
        _session.Complete();
        await _session.Steps.AllStopped.ConfigureAwait(false);
    }

    public void Fail(Exception cause) => _session.Stop(cause);

    public async ValueTask DisposeAsync()
    {
        _session.Complete();
        await _session.Steps.AllStopped.ConfigureAwait(false);
        while (_session.Output.Reader.TryRead(out var signal))
        {
            signal.Release();
        }
    }

    private (IOutlet<EventBatch> Entry, IReadOnlyList<IStageLink> Links) Begin(IEnumerable<(string, Stage<EventBatch, EventBatch>)> stages, IOutlet<EventBatch> outlet)
    {
        var links = new List<IStageLink>();
        var entry = RowChain.Build([.. stages], outlet, 0, _context, links);
        Register(links);
        return (entry, links);
    }

    private void Register(IEnumerable<IStageLink> links)
    {
        LaneStates.Start(links, _states);
        lock (_links)
        {
            _links.AddRange(links);
        }
    }

    // How many of the shared stages the first steps bring. The stage that stamps arrivals goes with the parser.
    private int End(IEnumerable<GraphNode> nodes)
    {
        var rows = new RowPlanner(new PlanErrors());
        rows.Plan(LineSchema.Instance, nodes.TakeWhile(node => node is not BoundNode).Where(node => node is RowOperator or TreatmentNode));
        var count = Math.Min(rows.Stages.Count, _plan.Shared.Count);
        return _plan.Shared.Take(count).Any(stage => stage.IsParser) ? count + 1 : count;
    }

    private async Task SendAsync(DirectControl control)
    {
        await WriteAsync(Signal<EventBatch>.Of(control)).ConfigureAwait(false);
        try
        {
            await control.Done.WaitAsync(_session.Failed).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _session.ThrowIfFailed();
            throw;
        }
    }

    private async ValueTask WriteAsync(Signal<EventBatch> signal)
    {
        _session.ThrowIfFailed();
        try
        {
            await _session.Output.Writer.WriteAsync(signal, _session.Failed).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _session.ThrowIfFailed();
            throw;
        }
    }
}
