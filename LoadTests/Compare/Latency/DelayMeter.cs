using System.Diagnostics;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.LoadTests.Compare.Latency;

/// <summary>Puts a clock behind the window stage of every lane: the delay of a row ends when the stage has counted the batch
/// that it is in.</summary>
/// <param name="schedule">When rows arrive.</param>
internal sealed class DelayMeter(ArrivalSchedule schedule)
{
    private readonly List<DelayHistogram> _lanes = [];

    /// <summary>Makes lanes as the embedded runtime does, with clocks.</summary>
    public ILaneSet Lanes(PipelinePlan plan, int lanes, ArrivalStageFactory arrival, LaneContext context) =>
        LaneFactories.Embedded(plan with { Branches = [.. plan.Branches.Select(Metered)] }, lanes, arrival, context);

    /// <summary>The delays of all lanes; once the run has ended.</summary>
    /// <returns>A histogram of its own.</returns>
    public DelayHistogram Delays()
    {
        DelayHistogram all = new();
        _lanes.ForEach(all.Add);
        return all;
    }

    private BranchPlan Metered(BranchPlan branch) => branch with
    {
        Create = () =>
        {
            DelayHistogram delays = new();
            _lanes.Add(delays);
            return new Clock(branch.Create(), schedule, delays);
        },
    };

    private sealed class Clock(Stage<EventBatch, WindowAggregate> stage, ArrivalSchedule schedule, DelayHistogram delays) : Stage<EventBatch, WindowAggregate>
    {
        private readonly ulong[] _selection = new ulong[EventBatch.SelectionWords];

        public override void Start(StageContext context)
        {
            base.Start(context);
            stage.Start(context);
        }

        public override void OnBatch(EventBatch element, IOutlet<WindowAggregate> outlet)
        {
            var first = element.FirstPosition - 1;
            var words = element.Selection.Length;
            element.Selection.CopyTo(_selection);
            stage.OnBatch(element, outlet);
            if (!schedule.Counts(first + EventBatch.Capacity - 1))
            {
                return;
            }

            var now = Stopwatch.GetTimestamp();
            foreach (var row in new SelectedRows(_selection.AsSpan(0, words)))
            {
                if (schedule.Counts(first + row))
                {
                    delays.Add(schedule.DelayMs(first + row, now));
                }
            }
        }

        public override void OnFrontier(Frontier frontier, IOutlet<WindowAggregate> outlet) => stage.OnFrontier(frontier, outlet);

        public override void OnIdle(IOutlet<WindowAggregate> outlet) => stage.OnIdle(outlet);

        public override void Snapshot(SnapshotWriter writer) => stage.Snapshot(writer);

        public override void Restore(SnapshotReader reader) => stage.Restore(reader);

        public override void Complete(IOutlet<WindowAggregate> outlet) => stage.Complete(outlet);

        public override void Fail(Exception cause) => stage.Fail(cause);
    }
}
