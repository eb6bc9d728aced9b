using System.Collections.Immutable;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Engine.Planning;

/// <summary>A checked graph with everything resolved: what a runtime needs, and what the privacy plan shows.</summary>
public sealed record PipelinePlan
{
    /// <summary>The pipeline's settings.</summary>
    public required PipelineSettings Settings { get; init; }

    /// <summary>The account that is charged.</summary>
    public required AccountPolicy Account { get; init; }

    /// <summary>The source.</summary>
    public required SourceNode Source { get; init; }

    /// <summary>The data map.</summary>
    public required DataMap Map { get; init; }

    /// <summary>The field whose token is the privacy unit.</summary>
    public required string Subject { get; init; }

    /// <summary>Where arrival stamps come from.</summary>
    public required ArrivalMode Arrival { get; init; }

    /// <summary>Stages before the exchange by subject, in order.</summary>
    public required IReadOnlyList<RowStagePlan> Shared { get; init; }

    /// <summary>Stages behind the exchange by subject and before the first branch, in order: from the first one on that must
    /// see all rows of a subject.</summary>
    public IReadOnlyList<RowStagePlan> BySubject { get; init; } = [];

    /// <summary>The bounded windows, each with its queries.</summary>
    public required IReadOnlyList<BranchPlan> Branches { get; init; }

    /// <summary>Hash of everything that gives the pipeline's state its meaning; 16 hexadecimal digits. State that was
    /// stored under another hash is not taken up.</summary>
    public required string Hash { get; init; }

    /// <summary>What happens when a stage, the source or a sink fails, by name. Default: the run stops.</summary>
    public ImmutableSortedDictionary<string, SupervisionPolicy> Supervision { get; init; } = ImmutableSortedDictionary<string, SupervisionPolicy>.Empty;

    /// <summary>Where the places of rows go that are left out.</summary>
    public IReadOnlyList<SideOutputs.SideOutput> SideOutputs { get; init; } = [];

    /// <summary>The stages that go by what queries have released.</summary>
    internal IReadOnlyList<PlannedFollower> Followers { get; init; } = [];

    /// <summary>The longest window of all queries in milliseconds: what places of late rows are rounded to.</summary>
    internal long LongestWindowMs => Branches.Max(branch => branch.Bounded.WindowMs);

    /// <summary>Slot of the subject's token where the exchange stands.</summary>
    public int SubjectSlot => Branches[0].Bounded.SubjectSlot;
}

/// <summary>A row stage of the plan.</summary>
/// <param name="Name">Its name, unique in the pipeline.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="IsParser">Whether rows have their times from here on.</param>
public sealed record RowStagePlan(string Name, RowPlan Plan, bool IsParser);

/// <summary>A bounded window with the queries that share it.</summary>
public sealed record BranchPlan
{
    /// <summary>The stages between the exchange and the bounds.</summary>
    public required IReadOnlyList<RowStagePlan> Rows { get; init; }

    /// <summary>The bounds and the window.</summary>
    public required BoundedWindowPlan Bounded { get; init; }

    /// <summary>Makes the stage of one lane.</summary>
    public required Func<Stage<EventBatch, WindowAggregate>> Create { get; init; }

    /// <summary>The queries.</summary>
    public required IReadOnlyList<PlannedQuery> Queries { get; init; }

    /// <summary>The composition groups: one of all queries that are charged by the window, and one for each with continual noise.</summary>
    public IEnumerable<CompositionGroup> Groups
    {
        get
        {
            var byWindow = Queries.Where(query => query.Query.Continual is null).ToList();
            return Queries.Where(query => query.Query.Continual is not null).Select(query => CompositionGroup.Of(query.Group, [query]))
                .Prepend(byWindow.Count > 0 ? CompositionGroup.Of(Bounded.Group, byWindow) : null)
                .OfType<CompositionGroup>();
        }
    }

    /// <summary>Whether the rows of the windows are chosen by what was released before.</summary>
    internal bool FollowsReleases { get; init; }

    /// <summary>The most that a period can be charged for these queries.</summary>
    public PrivacyCost PeriodCost => Groups.Select(group => group.PeriodCost).Aggregate((sum, cost) => sum + cost);

    /// <summary>The most that one window is charged: the sum of its queries.</summary>
    public PrivacyCost WindowCost => Queries.Select(query => query.Query.Charge).Aggregate((sum, cost) => sum + cost);
}

/// <summary>A query with where its releases go.</summary>
/// <param name="Query">The query.</param>
/// <param name="Hash">Hash of everything that gives its numbers their meaning; 16 hexadecimal digits, part of its release
/// ids. Other queries of the pipeline are not in it.</param>
/// <param name="Sinks">The sinks; empty keeps releases in the store only.</param>
public sealed record PlannedQuery(QueryPlan Query, string Hash, IReadOnlyList<Ports.IReleaseSink> Sinks)
{
    /// <summary>The composition group it is charged in. Totals with continual noise have a group of their own.</summary>
    public string Group => Query.Continual is null ? Query.Bounded.Group : $"running/{Hash}";

    /// <summary>The group that one window is charged in: with continual noise each running total is charged once, so it has its own.</summary>
    /// <param name="window">The window.</param>
    /// <returns>A name for the ledger.</returns>
    public string GroupOf(TimeWindow window) => Query.Continual is null
        ? Group
        : $"{Group}@{DateTimeOffset.FromUnixTimeMilliseconds(TimeWindow.FloorTo(window.StartMs, Query.RunningMs!.Value)).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}";
}
