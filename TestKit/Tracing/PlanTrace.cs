using AkkaPrivacy.Engine.Planning;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>A plan whose stages are watched, and what was seen.</summary>
internal sealed class PlanTrace
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(int Branch, int Lane), WindowLog> _logs = [];

    public PlanTrace(PipelinePlan plan)
    {
        Original = plan;
        Plan = plan with
        {
            Shared = Traced(plan.Shared),
            BySubject = Traced(plan.BySubject),
            Branches = [.. plan.Branches.Select((branch, i) => branch with
            {
                Rows = Traced(branch.Rows),
                Create = () => new TracedWindow(branch.Create(), branch.Bounded, lane => LogOf(i, lane)),
            })],
        };
    }

    /// <summary>The plan as it was.</summary>
    public PipelinePlan Original { get; }

    /// <summary>The plan to run.</summary>
    public PipelinePlan Plan { get; }

    public RowTrace Rows { get; } = new();

    /// <summary>The logs of a branch, one a lane.</summary>
    public IReadOnlyList<WindowLog> LogsOf(int branch)
    {
        lock (_lock)
        {
            return [.. _logs.Where(pair => pair.Key.Branch == branch).OrderBy(pair => pair.Key.Lane).Select(pair => pair.Value)];
        }
    }

    private WindowLog LogOf(int branch, int lane)
    {
        lock (_lock)
        {
            if (!_logs.TryGetValue((branch, lane), out var log))
            {
                _logs.Add((branch, lane), log = new WindowLog());
            }

            return log;
        }
    }

    private List<RowStagePlan> Traced(IReadOnlyList<RowStagePlan> stages) =>
    [
        .. stages.Select(stage => stage with { Plan = stage.Plan with { Create = () => new TracedStage(stage.Plan.Create(), stage.Name, stage.IsParser, Rows) } }),
    ];
}
