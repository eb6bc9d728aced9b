using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Runtime.Lanes;

/// <summary>The part of a lane behind the exchange: every branch with its bounds and windows. All rows of a subject come
/// to one such lane.</summary>
internal sealed class SubjectLane : IOutlet<EventBatch>
{
    private readonly List<IOutlet<EventBatch>> _entries = [];
    private readonly List<List<IStageLink>> _branches = [];
    private readonly List<FiredWindow> _fired = [];
    private readonly List<IStageLink> _shared = [];
    private readonly LaneContext _context;
    private readonly IOutlet<EventBatch> _entry;

    public SubjectLane(PipelinePlan plan, int lane, LaneContext context)
    {
        (Lane, _context) = (lane, context);
        for (var i = 0; i < plan.Branches.Count; i++)
        {
            AddBranch(plan.Branches[i], i, context);
        }

        _entry = RowChain.Build(RowChain.Create(plan.BySubject), new Fork(_entries), lane, context, _shared);
    }

    public int Lane { get; }

    public IEnumerable<IStageLink> Links => _shared.Concat(_branches.SelectMany(links => links));

    public void Push(EventBatch element)
    {
        var (readAt, rows) = (element.ReadAt, element.SelectedCount);
        _entry.Push(element);
        if (readAt != 0)
        {
            _context.Latency.Add(_context.Time.GetElapsedTime(readAt), rows);
        }
    }

    public void OnFrontier(IReadOnlyList<Frontier> frontiers)
    {
        // Rows that any branch still waits for may come: what every branch has reached holds for all.
        var earliest = frontiers.MinBy(frontier => frontier.FireUpToMs);
        _shared.ForEach(link => link.OnFrontier(earliest));
        for (var i = 0; i < _branches.Count; i++)
        {
            foreach (var link in _branches[i])
            {
                link.OnFrontier(frontiers[i]);
            }
        }
    }

    public List<FiredWindow> TakeFired()
    {
        var fired = new List<FiredWindow>(_fired);
        _fired.Clear();
        return fired;
    }

    // Part of a store's key, so its length must not grow with the number of queries.
    public static string WindowName(BranchPlan branch) =>
        $"window:{branch.Queries[0].Query.Name}{(branch.Queries.Count > 1 ? $"+{branch.Queries.Count - 1}" : string.Empty)}";

    /// <summary>What the stages of a branch are lent: what a query leaves out is counted as its own.</summary>
    public static LaneContext OfBranch(BranchPlan branch, LaneContext shared) =>
        shared with { DeadLetters = shared.DeadLetters.ForQuery(WindowName(branch)) };

    private void AddBranch(BranchPlan branch, int index, LaneContext shared)
    {
        var context = OfBranch(branch, shared);
        var window = new StageLink<EventBatch, WindowAggregate>(
            branch.Create(), context.ForStage(WindowName(branch), Lane), new Collector(index, _fired), RowChain.Rows, aggregate => aggregate.Count);
        var links = new List<IStageLink> { window };
        _entries.Add(RowChain.Build(RowChain.Create(branch.Rows), window, Lane, context, links));
        _branches.Add(links);
    }

    /// <summary>Every branch has its own selection; the columns are shared and not written to any more.</summary>
    private sealed class Fork(List<IOutlet<EventBatch>> branches) : IOutlet<EventBatch>
    {
        public void Push(EventBatch element)
        {
            for (var i = 1; i < branches.Count; i++)
            {
                branches[i].Push(element.Share());
            }

            branches[0].Push(element);
        }
    }

    private sealed class Collector(int branch, List<FiredWindow> fired) : IOutlet<WindowAggregate>
    {
        public void Push(WindowAggregate element) => fired.Add(new FiredWindow(branch, element));
    }
}

/// <summary>What one lane knows of a window that fired.</summary>
internal readonly record struct FiredWindow(int Branch, WindowAggregate Aggregate);
