using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Tests.Operators.Window;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Bound;

/// <summary>Takes all rows of one subject in one period out of a stream and looks at how far the fired values move.</summary>
public sealed class NeighbourTests
{
    private readonly Dictionary<string, int> _reached = [];

    [Fact]
    public void One_subject_moves_what_fires_by_no_more_than_the_bounds_and_sometimes_by_as_much()
    {
        for (var seed = 1; seed <= 800; seed++)
        {
            var given = WindowCase.Draw(seed);
            var rows = given.Segments.SelectMany(segment => segment.Rows).Where(row => row.Token != default && row.TimeMs is not (long.MinValue or long.MaxValue)).ToList();
            if (rows.Count > 0)
            {
                var (token, period) = (rows[seed % rows.Count].Token, PeriodOf(given, rows[seed % rows.Count]));
                var neighbour = given.Without(row => row.Token == token && PeriodOf(given, row) == period);
                Check(given.Plan, LaneRunner.Run(given, seed), LaneRunner.Run(neighbour, seed + 1), $"Seed {seed}");
            }
        }

        Assert.All(["groups", "rows", "windows", "sum"], bound => Assert.True(_reached.GetValueOrDefault(bound) > 20, $"The bound on {bound} was reached {_reached.GetValueOrDefault(bound)} times."));
    }

    private static long PeriodOf(WindowCase given, PlainRow row) =>
        TimeWindow.FloorTo(row.TimeMs, given.Plan.PeriodMs);

    private void Check(BoundedWindowPlan plan, WindowOutcome with, WindowOutcome without, string seed)
    {
        var moved = 0;
        foreach (var (start, groups) in with.Windows)
        {
            var others = without.Windows.GetValueOrDefault(start) ?? [];
            var changes = groups.Keys.Union(others.Keys).Select(key => Difference(groups, others, key)).Where(change => change.Any(x => x != 0)).ToList();
            moved += changes.Count > 0 ? 1 : 0;
            Limit(changes.Count, plan.Bounds.Groups, "groups", plan.Bounds.Groups > 1, seed);
            foreach (var change in changes)
            {
                Assert.Equal(1, change[1]);
                Limit(change[0], plan.Bounds.RowsPerGroup, "rows", plan.Bounds.RowsPerGroup > 1, seed);
                for (var i = 0; i < plan.Sums.Count; i++)
                {
                    Assert.True(change[2 + i] >= plan.Sums[i].Lower, seed);
                    Limit(change[2 + i], plan.Sums[i].Upper, "sum", true, seed);
                }
            }
        }

        Assert.Empty(without.Windows.Keys.Except(with.Windows.Keys));
        Limit(moved, plan.Bounds.Windows, "windows", plan.Bounds.Windows < plan.WindowsPerPeriod, seed);
    }

    private static long[] Difference(SortedDictionary<string, long[]> x, SortedDictionary<string, long[]> y, string key)
    {
        var (left, right) = (x.GetValueOrDefault(key), y.GetValueOrDefault(key));
        return [.. Enumerable.Range(0, (left ?? right)!.Length).Select(i => (left?[i] ?? 0) - (right?[i] ?? 0))];
    }

    private void Limit(long change, long bound, string name, bool isTelling, string seed)
    {
        Assert.True(change <= bound, $"{seed}: {name} moved by {change}, the bound is {bound}.");
        if (isTelling && change == bound)
        {
            _reached[name] = _reached.GetValueOrDefault(name) + 1;
        }
    }
}
