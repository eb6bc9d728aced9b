using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.TestKit.Running;

namespace AkkaPrivacy.TestKit.Tracing;

/// <summary>Says of every row what became of it in a query.</summary>
/// <param name="run">The run.</param>
internal sealed class Diagnosis(TestRun run)
{
    private readonly Dictionary<int, (long Version, BranchContributions Measured)> _measured = [];
    private readonly BeforeBounds _before = new(run.Trace);

    private PipelinePlan Plan => run.Trace.Original;

    /// <summary>The branch of a query, and the query.</summary>
    /// <exception cref="ArgumentException">There is no such query.</exception>
    public (int Branch, QueryPlan Query) Find(string query)
    {
        for (var i = 0; i < Plan.Branches.Count; i++)
        {
            if (Plan.Branches[i].Queries.FirstOrDefault(planned => planned.Query.Name == query) is { } found)
            {
                return (i, found.Query);
            }
        }

        throw new ArgumentException($"The pipeline has no query '{query}'; it has {string.Join(", ", Plan.Branches.SelectMany(branch => branch.Queries).Select(planned => $"'{planned.Query.Name}'"))}.", nameof(query));
    }

    /// <summary>What the subjects of a branch contribute, as measured.</summary>
    public BranchContributions Measure(int branch)
    {
        var logs = run.Trace.LogsOf(branch);
        var version = logs.Sum(log => log.Version);
        if (!_measured.TryGetValue(branch, out var known) || known.Version != version)
        {
            _measured[branch] = known = (version, SubjectReplay.Measure(Plan.Branches[branch], logs));
        }

        return known.Measured;
    }

    /// <summary>Every row, in every window of the query that it lies in.</summary>
    /// <param name="query">The query.</param>
    /// <param name="rows">How many rows there are.</param>
    public List<RowVerdict> Judge(string query, int rows)
    {
        var (index, plan) = Find(query);
        var branch = Plan.Branches[index];
        var measured = Measure(index);
        var fired = run.Tap.Fired.Where(release => release.Id.Query == query && !release.IsGivenUp).Select(release => release.Id.Window).ToHashSet();
        var verdicts = measured.Refused.Select(refused => BeforeBounds.Refused(refused.Row.Position, refused.Reason, string.Empty) with
        {
            Key = KeyOf(plan.Bounded, refused.Row),
            EventMs = refused.Row.TimeMs,
        }).ToList();
        verdicts.AddRange(Bounded(plan, measured, fired));
        var reached = verdicts.Select(verdict => verdict.Row).ToHashSet();
        verdicts.AddRange(Enumerable.Range(1, rows).Where(row => !reached.Contains(row)).Select(row => _before.Judge(branch, row)));
        return [.. verdicts.OrderBy(verdict => verdict.Row)];
    }

    public static IEnumerable<TimeWindow> WindowsOf(BoundedWindowPlan plan, long timeMs)
    {
        var pane = plan.Grid.PaneOf(timeMs);
        for (var start = plan.Grid.FirstStart(pane); start <= plan.Grid.LastStart(pane); start += plan.SlideMs)
        {
            yield return plan.Grid.At(start);
        }
    }

    private static IEnumerable<RowVerdict> Bounded(QueryPlan plan, BranchContributions measured, HashSet<TimeWindow> fired)
    {
        var counted = measured.Contributions.ToDictionary(contribution => (contribution.Subject, contribution.Window, contribution.Key));
        var inWindow = measured.Contributions.Select(contribution => (contribution.Subject, contribution.Window)).ToHashSet();
        var groups = measured.Taken.SelectMany(row => WindowsOf(plan.Bounded, row.TimeMs), (row, window) => (Row: row, Window: window))
            .GroupBy(pair => (pair.Row.Subject, pair.Window, Key: KeyOf(plan.Bounded, pair.Row)));
        foreach (var group in groups)
        {
            var rows = group.Select(pair => pair.Row).ToList();
            var (fate, why) = !fired.Contains(group.Key.Window) ? (RowFate.NotFired, $"window {group.Key.Window} has not fired, or was given up")
                : counted.ContainsKey(group.Key) ? (RowFate.Counts, "it counts")
                : inWindow.Contains((group.Key.Subject, group.Key.Window)) ? (RowFate.BoundedByGroups, $"its subject counts in other groups of the window (groups = {plan.Bounded.Bounds.Groups})")
                : (RowFate.BoundedByWindows, $"its subject counts in other windows of the period (windows = {plan.Bounded.Bounds.Windows})");
            var isCount = plan.Aggregate == AggregateKind.Count && plan.SumIndex < 0;
            for (var i = 0; i < rows.Count; i++)
            {
                var beyond = fate == RowFate.Counts && isCount && i >= counted[group.Key].Rows;
                yield return new RowVerdict(rows[i].Position, beyond ? RowFate.BoundedByRows : fate, beyond ? $"its subject counts with other rows of the group (rows-per-group = {plan.Bounded.Bounds.RowsPerGroup})" : why)
                {
                    Window = group.Key.Window,
                    Key = group.Key.Key,
                    EventMs = rows[i].TimeMs,
                };
            }
        }
    }

    private static string KeyOf(BoundedWindowPlan plan, BoundedRow row) => SubjectReplay.KeyOf(plan.GroupBy.Select(field => field.Type == ColumnType.Text
        ? row.Texts[field.Slot] is { } text ? Encoding.UTF8.GetString(text) : string.Empty
        : row.Numbers[field.Slot] is var number && number == Int64Column.Missing ? string.Empty : number.ToString(CultureInfo.InvariantCulture)));
}
