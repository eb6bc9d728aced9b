using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using Xunit;

namespace AkkaPrivacy.Tests.Privacy.Sensitivity;

/// <summary>
/// Every combination of row stages, windows, keys, aggregates and noise is planned or refused; what is planned is compared with
/// what one subject of one accounting period really changes in small random streams.
/// </summary>
public sealed class SensitivityTableTests
{
    private const double Rounding = 1e-6;
    private const int Streams = 2;

    private static readonly string[] Reasons =
    [
        "only counts add them up", "cannot be a running total", "give known keys", "a session of rows", "one weighted sample is enough", "takes the weights",
        "follow the windows", "remembers rows", "tells subjects apart by other tokens", "declare Stability.AcrossSubjects", "account cannot hold", "behind the first branch",
    ];

    public static TheoryData<string> Rows => [.. RowKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void What_is_planned_covers_what_one_subject_changes(string rows)
    {
        var (planned, largest, seen) = (0, 0.0, false);
        foreach (var cell in Cell.All.Where(cell => cell.Rows.Name == rows))
        {
            var random = new Random(StringComparer.Ordinal.Equals(cell.Keys, "total") ? 1 : 2);
            var bounds = new ContributionBounds { Groups = random.Next(1, 3), RowsPerGroup = random.Next(1, 4), Windows = random.Next(1, 4) };
            var queries = cell.Queries().ToList().FindAll(query => IsPlanned(cell, bounds, query, ref seen));
            planned += queries.Count;
            if (queries.Count > 0)
            {
                largest = Math.Max(largest, Measure(cell, PipelinePlanner.Plan(cell.Graph(bounds, queries)), random));
            }
        }

        var kind = RowKind.All.Single(each => each.Name == rows);
        Assert.Equal(kind.Refusal is null, planned > 0);
        Assert.True(planned > 0 || seen, "refused for another reason");
        if (planned > 0)
        {
            // The check has power: streams are found that take most of the cost, so that noise for half of it would be too little.
            Assert.InRange(largest, kind.Least + Rounding, 1 + Rounding);
        }
    }

    private static bool IsPlanned(Cell cell, ContributionBounds bounds, (AkkaPrivacy.Engine.Graphs.AggregateNode, AkkaPrivacy.Engine.Graphs.NoiseNode) query, ref bool seen)
    {
        var errors = new PlanErrors();
        if (PipelinePlanner.TryPlan(cell.Graph(bounds, [query]), errors) is not null)
        {
            Assert.Null(cell.Rows.Refusal);
            return true;
        }

        var texts = errors.All.Select(error => error.Message).ToList();
        Assert.All(texts, text => Assert.Contains(Reasons, reason => text.Contains(reason, StringComparison.Ordinal)));
        seen |= texts.Exists(text => text.Contains(cell.Rows.Refusal ?? text, StringComparison.Ordinal));
        return false;
    }

    // The largest share of a query's cost that a window took.
    private static double Measure(Cell cell, PipelinePlan plan, Random random)
    {
        var branch = Assert.Single(plan.Branches);
        var largest = 0.0;
        for (var stream = 0; stream < Streams; stream++)
        {
            var rows = SmallRow.Draw(random);
            var all = Truth.Of(plan, branch, rows);
            foreach (var (user, day) in rows.Select(row => (row.User, Day: TimeWindow.FloorTo(row.TimeMs, Truth.Day))).Distinct())
            {
                var others = Truth.Of(plan, branch, rows.Where(row => row.User != user || TimeWindow.FloorTo(row.TimeMs, Truth.Day) != day));
                largest = Math.Max(largest, Compare(cell, branch, all, others, day));
            }
        }

        return largest;
    }

    private static double Compare(Cell cell, BranchPlan branch, List<WindowAggregate> all, List<WindowAggregate> others, long day)
    {
        var pairs = all.Select(window => window.Window).Union(others.Select(window => window.Window))
            .Select(window => (Window: window, One: all.Find(each => each.Window == window), Other: others.Find(each => each.Window == window))).ToList();
        var bounds = branch.Bounded.Bounds;
        var largest = 0.0;
        foreach (var query in branch.Queries.Select(each => each.Query))
        {
            var shares = pairs.ConvertAll(pair => (pair.Window, Share: Loss.Share(query, pair.One, pair.Other)));
            var what = $"{cell}: {query.AggregateText} with {query.NoiseText}, bounds {bounds}";
            Assert.All(shares, pair => Assert.True(pair.Share <= 1 + Rounding, $"{what}: loss is {pair.Share} of the cost"));
            Assert.All(shares, pair => Assert.True(pair.Share == 0 || TimeWindow.FloorTo(pair.Window.StartMs, Truth.Day) == day, $"{what}: another period changes"));
            Assert.True(shares.Sum(pair => pair.Share) <= bounds.Windows + Rounding, $"{what}: {shares.Sum(pair => pair.Share)} windows");
            largest = Math.Max(largest, shares.Select(pair => pair.Share).DefaultIfEmpty(0).Max());
            if (query.Selection is not null)
            {
                var changes = pairs.ConvertAll(pair => Loss.Selection(pair.One, pair.Other));
                Assert.All(changes, change => Assert.True(change <= bounds.Groups, $"{what}: keys of {change} groups"));
                Assert.True(changes.Count(change => change > 0) <= bounds.Windows, $"{what}: keys of too many windows");
            }
        }

        return largest;
    }
}
