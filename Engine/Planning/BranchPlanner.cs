using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>A branch before hashes are known.</summary>
internal sealed record UnhashedBranch(
    string Subject,
    IReadOnlyList<RowStagePlan> Rows,
    BoundedWindowPlan Bounded,
    Func<Stage<EventBatch, WindowAggregate>> Create,
    IReadOnlyList<(QueryPlan Query, IReadOnlyList<IReleaseSink> Sinks)> Queries);

/// <summary>Groups paths by their bounded window and resolves each group.</summary>
internal static class BranchPlanner
{
    public static IReadOnlyList<UnhashedBranch> Plan(
        PipelineSettings settings, RowSchema schema, RowSchema exchanged, IReadOnlyList<RowStagePlan> shared, int sharedRows, List<QueryPath> paths, PlanErrors errors)
    {
        var branches = new List<UnhashedBranch>();
        foreach (var group in paths.GroupBy(path => paths.First(other => IsSameWindow(path, other))))
        {
            var queries = group.ToList();
            var rows = new RowPlanner(errors, $"{queries[0].Aggregate!.Name}/");
            if (rows.Plan(schema, queries[0].Rows.Skip(sharedRows)) is { } output)
            {
                foreach (var stage in rows.Stages.Where(stage => stage.Plan.Stability.Moves))
                {
                    errors.Add(queries[0].Aggregate!, $"stage '{stage.Name}' moves rows to other subjects behind the first branch; rows go to lanes by subject there, so it stands before it");
                }

                CheckSamples([.. shared, .. rows.Stages], errors);
                AddIfSound(branches, new WindowPlanner(settings, output, queries, Reach([.. shared, .. rows.Stages]), errors).Plan(rows.Stages));
            }
            else
            {
                queries.ForEach(path => Probe(path, errors));
            }
        }

        if (branches.Select(branch => branch.Subject).Distinct().Count() > 1)
        {
            errors.Add("bound", $"all queries of a pipeline have one privacy unit; these have several: {string.Join(", ", branches.Select(b => $"'{b.Subject}'").Distinct())}");
        }

        foreach (var branch in branches.Where(branch => !IsExchangeable(exchanged, branch)))
        {
            errors.Add("bound", $"subject '{branch.Subject}' must be tokenized, under that name, before the first branch and the first stage that remembers rows: rows go to lanes by subject there");
        }

        foreach (var stage in shared.SkipWhile(stage => !stage.Plan.BySubject).Where(stage => stage.Plan.Stability.Moves))
        {
            errors.Add("stages", $"stage '{stage.Name}' moves rows to other subjects behind a stage that remembers rows; rows go to lanes by subject there, so it stands before it");
        }

        foreach (var branch in branches)
        {
            foreach (var stage in shared.Concat(branch.Rows).Where(stage => stage.Plan.SubjectSlot is { } slot && slot != branch.Bounded.SubjectSlot))
            {
                errors.Add("stages", $"stage '{stage.Name}' tells subjects apart by other tokens than '{branch.Subject}', which is bounded: one subject's rows would change what happens to another's");
            }
        }

        return branches;
    }

    // Branches may share their bounds and windows as parts and still have rows of their own.
    private static bool IsSameWindow(QueryPath path, QueryPath other) =>
        ReferenceEquals(path.Bound, other.Bound) && ReferenceEquals(path.Window, other.Window) && path.Rows.SequenceEqual(other.Rows);

    /// <summary>What can be said of queries whether or not their rows can be planned: names, sinks, parameters of noise.</summary>
    public static void Check(List<QueryPath> paths, PlanErrors errors)
    {
        CheckNames(paths, errors);
        var sinks = paths.SelectMany(path => path.Sinks).Distinct().ToList();
        foreach (var twice in sinks.GroupBy(sink => sink.Name).Where(group => group.Count() > 1))
        {
            errors.Add("sinks", $"{twice.Count()} sinks are named '{twice.Key}'; a sink's place in the outbox is kept under its name, so names differ");
        }

        foreach (var sink in sinks.Where(sink => sink.Name.Length is < 1 or > 128 || sink.Name.Any(char.IsControl)))
        {
            errors.Add("sinks", "a sink's name is 1 to 128 characters without control characters");
        }
    }

    /// <summary>Plans noise and selection of a path whose window could not be planned, for their own mistakes only.</summary>
    public static void Probe(QueryPath path, PlanErrors errors)
    {
        var probe = new QueryPlan
        {
            Name = path.Aggregate!.Name,
            Aggregate = AggregateKind.DistinctSubjects,
            SumIndex = -1,
            Bounded = new BoundedWindowPlan
            {
                Group = string.Empty,
                SubjectSlot = 0,
                GroupBy = [],
                KnownKeys = null,
                Bounds = new ContributionBounds(),
                Sums = [],
                WindowMs = 1,
                PeriodMs = 1,
            },
        };
        path.Selection?.Plan(probe, errors);
        path.Noise!.Plan(probe, errors);
    }

    // Noise is for one subject's rows in one lane. So the token by which lanes are chosen is the one that is bounded.
    private static bool IsExchangeable(RowSchema exchanged, UnhashedBranch branch) =>
        exchanged.IndexOf(branch.Subject) == branch.Bounded.SubjectSlot && exchanged.Find(branch.Subject)!.Type == ColumnType.Token;

    // Stages one after the other: each of the subjects that one reaches reaches so many through the next.
    private static SubjectReach Reach(IReadOnlyList<RowStagePlan> stages) => new(
        stages.Aggregate(1L, (reach, stage) => Math.Min(int.MaxValue, reach * Math.Max(1, stage.Plan.Stability.Subjects))),
        stages.Any(stage => stage.Plan.Stability.Moves));

    // Both go by the same randomness of a subject: who is in the smaller sample is in the larger one too, so a weight of one sample
    // is not the inverse of a row's probability.
    private static void CheckSamples(IReadOnlyList<RowStagePlan> stages, PlanErrors errors)
    {
        foreach (var twice in stages.Where(stage => stage.Plan.SampledSlot is not null).GroupBy(stage => stage.Plan.SampledSlot).Where(group => group.Count() > 1))
        {
            if (stages[^1].Plan.Output.Columns.Any(pair => pair.Column.LargestWeight > 0))
            {
                errors.Add("stages", $"stages {string.Join(" and ", twice.Select(stage => $"'{stage.Name}'"))} sample by the same tokens: whom one keeps, the other mostly keeps too, so weights would count them too often; one sample by a subject is enough where rows have weights");
            }
        }
    }

    private static void AddIfSound(List<UnhashedBranch> branches, UnhashedBranch? branch)
    {
        if (branch is not null)
        {
            branches.Add(branch);
        }
    }

    private static void CheckNames(List<QueryPath> paths, PlanErrors errors)
    {
        foreach (var path in paths)
        {
            var name = path.Aggregate!.Name;
            if (name.Length is < 1 or > 64 || name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"))
            {
                errors.Add(path.Aggregate, "a query name is 1 to 64 characters of a-z A-Z 0-9 . _ -");
            }
        }

        foreach (var twice in paths.GroupBy(path => path.Aggregate!.Name).Where(group => group.Count() > 1))
        {
            errors.Add(twice.Last().Aggregate!, $"query '{twice.Key}' is defined twice");
        }
    }
}

/// <summary>How far one subject's rows reach before the bounds.</summary>
/// <param name="Subjects">The most subjects whose rows can differ, at most 2^31 - 1.</param>
/// <param name="Moves">Whether rows may come to subjects that have others.</param>
internal readonly record struct SubjectReach(long Subjects, bool Moves)
{
    /// <summary>How many contributions of one subject what differs adds up to. Each subject that is reached has one before and another
    /// one after; without moves there is one that is there or not.</summary>
    public long Contributions => Moves ? 2 * Subjects : 1;
}
