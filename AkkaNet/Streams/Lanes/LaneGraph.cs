using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using Rows = AkkaPrivacy.AkkaNet.Streams.Signal<AkkaPrivacy.Engine.Batches.EventBatch>;

namespace AkkaPrivacy.AkkaNet.Streams.Lanes;

/// <summary>
/// Lays a plan out as an Akka.Streams graph. One lane is one island: row stages, branches, bounded windows, collectors.
/// Several lanes are two islands each: row stages with the exchange by subject, and what is behind it.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="lanes">How many lanes.</param>
/// <param name="arrival">Puts the arrival stage behind the parser.</param>
/// <param name="context">What all lanes share.</param>
/// <param name="island">Attributes of every island: dispatcher, input buffers.</param>
/// <param name="watch">Adds state and call-backs of the runtime to each stage.</param>
internal sealed class LaneGraph(PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context, Attributes island, IStageWatch watch)
{
    /// <summary>The closed graph, for one materialisation: it materialises the way to stop it.</summary>
    /// <param name="source">Fed by the reader's loop.</param>
    public IRunnableGraph<UniqueKillSwitch> Build(Source<Rows, NotUsed> source)
    {
        var stoppable = source.ViaMaterialized(KillSwitches.Single<Rows>(), Keep.Right);
        return stoppable.To(lanes == 1 ? RowStages(0).To(SubjectSink(0)).WithAttributes(island).Async() : Parallel());
    }

    private Sink<Rows, NotUsed> Parallel() => Sink.FromGraph(GraphDsl.Create(builder =>
    {
        var entry = builder.Add(new SplitStage(lanes, () => Splits.InTurn(lanes), "distribute"));
        var rows = Enumerable.Range(0, lanes).Select(lane => builder.Add(RowIsland(lane))).ToArray();
        var subjects = Enumerable.Range(0, lanes).Select(lane => builder.Add(SubjectIsland(lane))).ToArray();
        for (var lane = 0; lane < lanes; lane++)
        {
            builder.From(entry.Out(lane)).To(rows[lane].In);
            for (var to = 0; to < lanes; to++)
            {
                builder.From(rows[lane].Out(to)).To(subjects[to].In(lane));
            }
        }

        return new SinkShape<Rows>(entry.In);
    }));

    private IGraph<AlignedSinkShape, NotUsed> SubjectIsland(int lane) => GraphDsl.Create(builder =>
    {
        var merge = builder.Add(new AlignedMerge(lanes, $"merge-{lane}"));
        builder.From(merge.Out).To(builder.Add(SubjectSink(lane)));
        return new AlignedSinkShape([.. merge.Ins]);
    }).WithAttributes(island).Async();

    private IGraph<UniformFanOutShape<Rows, Rows>, NotUsed> RowIsland(int lane) => GraphDsl.Create(builder =>
    {
        var rows = builder.Add(RowStages(lane));
        var exchange = builder.Add(new SplitStage(lanes, () => Splits.BySubject(lanes, plan.SubjectSlot), $"exchange-{lane}"));
        builder.From(rows.Outlet).To(exchange.In);
        return new UniformFanOutShape<Rows, Rows>(rows.Inlet, [.. exchange.Outlets.Cast<Outlet<Rows>>()]);
    }).WithAttributes(island).Async();

    private Flow<Rows, Rows, NotUsed> RowStages(int lane) => Chain(arrival.Insert(plan.Shared), lane, -1, context);

    private Flow<Rows, Rows, NotUsed> Chain(IReadOnlyList<(string Name, Stage<EventBatch, EventBatch> Stage)> stages, int lane, int branch, LaneContext lent)
    {
        var flow = Flow.Create<Rows>();
        foreach (var (name, stage) in stages)
        {
            var hosted = HostedRows.Of(() => stage, () => lent.ForStage(name, lane)) with { Branch = branch };
            flow = flow.Via(new StageHost<EventBatch, EventBatch>(watch.Watch(hosted, lane, name), name));
        }

        return flow;
    }

    private Sink<Rows, NotUsed> SubjectSink(int lane) =>
        Chain(RowChain.Create(plan.BySubject), lane, -1, context).To(Branches(lane));

    private Sink<Rows, NotUsed> Branches(int lane)
    {
        var branches = plan.Branches.Select((branch, i) => BranchSink(branch, i, lane)).ToArray();
        if (branches.Length == 1)
        {
            return branches[0];
        }

        return Sink.FromGraph(GraphDsl.Create(builder =>
        {
            var split = builder.Add(new SplitStage(branches.Length, () => Splits.ToAll(branches.Length), $"branches-{lane}"));
            foreach (var (i, sink) in branches.Index())
            {
                builder.From(split.Out(i)).To(builder.Add(sink));
            }

            return new SinkShape<Rows>(split.In);
        }));
    }

    private Sink<Rows, NotUsed> BranchSink(BranchPlan branch, int index, int lane)
    {
        var name = SubjectLane.WindowName(branch);
        var shared = SubjectLane.OfBranch(branch, context);
        var hosted = new HostedStage<EventBatch, WindowAggregate>
        {
            Create = branch.Create,
            Context = () => shared.ForStage(name, lane),
            RowsIn = RowChain.Rows,
            RowsOut = aggregate => aggregate.Count,
            Branch = index,
        };
        return Chain(RowChain.Create(branch.Rows), lane, index, shared)
            .Via(new StageHost<EventBatch, WindowAggregate>(watch.Watch(hosted, lane, name), name))
            .To(new CollectorStage(index, watch.End(), $"collector-{lane}-{index}"));
    }
}

/// <summary>What a runtime adds to each hosted stage.</summary>
internal interface IStageWatch
{
    /// <summary>A new end, for a collector to tell when it has stopped.</summary>
    TaskCompletionSource End();

    HostedStage<TIn, TOut> Watch<TIn, TOut>(HostedStage<TIn, TOut> hosted, int lane, string name);
}
