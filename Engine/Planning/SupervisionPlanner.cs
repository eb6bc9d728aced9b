using System.Collections.Immutable;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime.Lanes;
using AkkaPrivacy.Engine.Runtime.Supervision;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Checks supervision against the stages of a plan, and puts row isolation around stages that resume. No number's
/// meaning depends on it, so it is in no hash.</summary>
internal static class SupervisionPlanner
{
    public static PipelinePlan Apply(PipelinePlan plan, ImmutableSortedDictionary<string, SupervisionPolicy> policies, PlanErrors errors)
    {
        var rows = plan.Shared.Concat(plan.BySubject).Concat(plan.Branches.SelectMany(branch => branch.Rows)).ToDictionary(stage => stage.Name);
        string[] others = ["arrival", .. plan.Branches.Select(SubjectLane.WindowName)];
        foreach (var (name, policy) in policies)
        {
            var key = policy.Origin ?? $"supervision.{name}";
            CheckRanges(key, policy, errors);
            if (!rows.ContainsKey(name) && !others.Contains(name) && name is not (SupervisionPolicy.Source or SupervisionPolicy.Stages or SupervisionPolicy.Sinks))
            {
                errors.Add(key, $"there is no stage '{name}'; there are {string.Join(", ", rows.Keys.Concat(others).Order(StringComparer.Ordinal))}, and the names source, stages and sinks");
            }
            else if (policy.OnError == OnError.Resume && !(rows.TryGetValue(name, out var stage) && stage.Plan is { IsRowWise: true, BySubject: false }))
            {
                errors.Add(key, $"'{name}' cannot resume: only a named row stage that judges each row by itself can leave out the row it fails on; "
                    + "anything else would let one subject's row decide whether rows of others count. Allowed are stop and restart");
            }
        }

        return plan with
        {
            Supervision = policies,
            Shared = Isolate(plan.Shared, policies),
            Branches = [.. plan.Branches.Select(branch => branch with { Rows = Isolate(branch.Rows, policies) })],
        };
    }

    private static void CheckRanges(string key, SupervisionPolicy policy, PlanErrors errors)
    {
        if (policy.MaxRestarts is < 1 or > 1000)
        {
            errors.Add(key, $"{policy.MaxRestarts} restarts are out of range; 1 to 1000 are allowed");
        }

        if (policy.Within < TimeSpan.FromSeconds(1) || policy.Within > TimeSpan.FromDays(1))
        {
            errors.Add(key, $"the time of {policy.Within} over which restarts are counted is out of range; 1 second to 1 day is allowed");
        }

        if (policy.MinBackoff < TimeSpan.Zero || policy.MinBackoff > policy.MaxBackoff || policy.MaxBackoff > TimeSpan.FromHours(1))
        {
            errors.Add(key, $"the waits from {policy.MinBackoff} to {policy.MaxBackoff} are out of range; the shortest is 0 or more, the longest at least that and at most 1 hour");
        }
    }

    private static IReadOnlyList<RowStagePlan> Isolate(IReadOnlyList<RowStagePlan> stages, ImmutableSortedDictionary<string, SupervisionPolicy> policies) =>
    [
        .. stages.Select(stage => policies.TryGetValue(stage.Name, out var policy) && policy.OnError == OnError.Resume
            ? stage with { Plan = stage.Plan with { Create = () => Isolated(stage) } }
            : stage),
    ];

    private static IsolatingStage Isolated(RowStagePlan stage) => stage.Plan.Create() is RowStage rows
        ? new IsolatingStage(rows)
        : throw new InvalidOperationException($"Stage '{stage.Name}' declares that it judges each row by itself, but is no {nameof(RowStage)}.");
}
