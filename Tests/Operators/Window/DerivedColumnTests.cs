using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Window;

/// <summary>Takes one subject out of a stream and looks at how far the columns of statistics move when windows fire.</summary>
public sealed class DerivedColumnTests
{
    private const int Bins = 3;
    private readonly int[] _reached = new int[4];

    [Fact]
    public void One_subject_moves_columns_of_statistics_by_no_more_than_their_parts_state()
    {
        for (var seed = 1; seed <= 1500; seed++)
        {
            var drawn = WindowCase.Draw(seed);
            var rows = drawn.Segments.SelectMany(segment => segment.Rows).Where(row => row.Token != default && row.TimeMs is not (long.MinValue or long.MaxValue)).ToList();
            if (drawn.Plan.Sums.Count == 0 || rows.Count == 0)
            {
                continue;
            }

            var given = drawn with { Plan = drawn.Plan with { Derived = Derived(drawn.Plan.Sums.Count - 1) } };
            var (token, period) = (rows[0].Token, TimeWindow.FloorTo(rows[0].TimeMs, given.Plan.PeriodMs));
            var neighbour = given.Without(row => row.Token == token && TimeWindow.FloorTo(row.TimeMs, given.Plan.PeriodMs) == period);
            Check(given.Plan, LaneRunner.Run(given, seed, restores: seed % 3 == 0), LaneRunner.Run(neighbour, seed + 1), seed);
        }

        Assert.All(_reached, reached => Assert.True(reached > 20));
    }

    private static DerivedColumn[] Derived(int sum)
    {
        var value = new DerivedColumn(sum, DerivedKind.Value, -3, 12, 4);
        return
        [
            value, value with { Kind = DerivedKind.Square },
            new(sum, DerivedKind.Bin, long.MinValue, 0), new(sum, DerivedKind.Bin, 0, 5), new(sum, DerivedKind.Bin, 5, long.MaxValue),
        ];
    }

    private void Check(BoundedWindowPlan plan, WindowOutcome with, WindowOutcome without, int seed)
    {
        var (value, first) = (plan.Derived[0], 2 + plan.Sums.Count);
        foreach (var (start, groups) in with.Windows)
        {
            var others = without.Windows.GetValueOrDefault(start) ?? [];
            var moved = 0;
            foreach (var key in groups.Keys.Union(others.Keys))
            {
                var (left, right) = (groups.GetValueOrDefault(key), others.GetValueOrDefault(key));
                long[] change = [.. Enumerable.Range(0, (left ?? right)!.Length).Select(i => (left?[i] ?? 0) - (right?[i] ?? 0))];
                if (change[1] == 0)
                {
                    Assert.All(change, x => Assert.Equal(0, x));
                    continue;
                }

                moved++;
                Limit(0, Math.Abs(change[first]), value.Largest, seed);
                Limit(1, Math.Abs(change[first + 1]), (value.Largest * value.Largest) - value.SquareCentre, seed);

                // The subject is in exactly one bin, and every subject of the group is.
                Assert.Equal(1, change[(first + 2)..(first + 2 + Bins)].Sum());
                Limit(2, change[(first + 2)..(first + 2 + Bins)].Max(), 1, seed);
                Assert.Equal(left![1], left[(first + 2)..(first + 2 + Bins)].Sum());
            }

            Limit(3, moved, plan.Bounds.Groups, seed);
        }
    }

    private void Limit(int part, long change, long bound, int seed)
    {
        Assert.True(change <= bound, $"Seed {seed}: part {part} moved by {change}, the bound is {bound}.");
        _reached[part] += change == bound ? 1 : 0;
    }
}
