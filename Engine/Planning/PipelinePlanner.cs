using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>Checks a graph as a whole and resolves it.</summary>
public static class PipelinePlanner
{
    /// <summary>Plans a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="PlanException">The graph cannot be run; all mistakes are listed.</exception>
    public static PipelinePlan Plan(PipelineGraph graph)
    {
        var errors = new PlanErrors();
        return TryPlan(graph, errors) ?? throw new PlanException(errors.All);
    }

    /// <summary>Plans a graph and reports mistakes beside those of the caller.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="errors">Where mistakes go.</param>
    /// <returns>The plan, or null when there was any mistake.</returns>
    public static PipelinePlan? TryPlan(PipelineGraph graph, PlanErrors errors)
    {
        SettingsValidator.Validate(graph.Settings, errors);
        if (graph.Nodes is not [SourceNode source, .. var rest])
        {
            errors.Add(string.Empty, "the graph does not start with a source");
            return null;
        }

        var paths = GraphWalk.Paths([.. rest], errors);
        if (paths.Count == 0)
        {
            errors.Add(string.Empty, "the graph has no query: at least one branch must end in noise and a sink");
            return null;
        }

        var plan = Resolve(graph.Settings, source, paths, errors);
        var supervised = plan is null ? null : SupervisionPlanner.Apply(plan, graph.Supervision, errors);
        return errors.Any || supervised is null ? null : supervised with { SideOutputs = graph.SideOutputs };
    }

    private static PipelinePlan? Resolve(PipelineSettings settings, SourceNode source, List<QueryPath> paths, PlanErrors errors)
    {
        BranchPlanner.Check(paths, errors);
        var shared = RowPlanner.CommonPrefix(paths);
        var rows = new RowPlanner(errors);
        var schema = rows.Plan(source.Schema, shared);
        var map = shared.OfType<ParseOperator>().FirstOrDefault()?.Map;
        if (map is null)
        {
            errors.Add(source, "the rows are never parsed: a parser with a data map stands before the first branch");
        }

        if (settings.Arrival == ArrivalMode.Field && map?.Fields.Any(field => field.Role == TimeRole.Arrival) == false)
        {
            errors.Add("arrival", "arrival stamps come from a field, but no field of the data map has the role 'arrival'");
        }

        if (settings.Arrival == ArrivalMode.Ingest && source.IsThrottled)
        {
            // Rows of others that wait behind one subject's would be stamped, and judged late, by how many rows that one has.
            errors.Add(source, "the source is throttled, and rows arrive when they are read (arrival is 'ingest'): behind many rows of one subject those of others would wait and become late, so that one changes what others count for. "
                + "Take arrival stamps that do not wait, a field with the role 'arrival', or take the throttle away");
        }

        if (schema is null || map is null)
        {
            paths.ForEach(path => BranchPlanner.Probe(path, errors));
            return null;
        }

        var exchange = Exchange(rows.Stages);
        var exchanged = exchange == 0 ? source.Schema : rows.Stages[exchange - 1].Plan.Output;
        var branches = BranchPlanner.Plan(settings, schema, exchanged, rows.Stages, shared.Count, paths, errors);
        var arrival = Arrival(settings, map);
        var followers = FollowPlanner.Plan(settings, arrival, rows.Stages, branches, paths, errors);
        return errors.Any ? null : Assemble(settings, arrival, source, map, rows.Stages, branches) with { Followers = followers };
    }

    private static ArrivalMode Arrival(PipelineSettings settings, DataMap map) =>
        settings.Arrival ?? (map.Fields.Any(field => field.Role == TimeRole.Arrival) ? ArrivalMode.Field : ArrivalMode.EventTime);

    // How many stages stand before the exchange by subject.
    private static int Exchange(IReadOnlyList<RowStagePlan> stages)
    {
        var first = stages.ToList().FindIndex(stage => stage.Plan.BySubject);
        return first < 0 ? stages.Count : first;
    }

    private static PipelinePlan Assemble(
        PipelineSettings settings, ArrivalMode arrival, SourceNode source, DataMap map, IReadOnlyList<RowStagePlan> shared, IReadOnlyList<UnhashedBranch> branches)
    {
        var hash = new PlanHash(settings, arrival, source, map, shared);
        return new PipelinePlan
        {
            Settings = settings,
            Account = settings.Account!,
            Source = source,
            Map = map,
            Subject = branches[0].Subject,
            Arrival = arrival,
            Shared = [.. shared.Take(Exchange(shared))],
            BySubject = [.. shared.Skip(Exchange(shared))],
            Branches = [.. branches.Select(branch => hash.Apply(branch) with { FollowsReleases = shared.Concat(branch.Rows).Any(stage => stage.Plan.Follows is not null) })],
            Hash = hash.OfPipeline(branches),
        };
    }
}
