using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Window;

public sealed class WindowLimitsTests : IOutlet<WindowAggregate>
{
    private readonly BatchPool _pool = new();
    private readonly DeadLetters _deadLetters = new();
    private readonly List<WindowAggregate> _fired = [];

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        var plan = Plan(groups: 3) with { Sums = [new SumField("m", 10, 0, 100, 1)] };
        var stage = LaneRunner.Start(plan, _pool, _deadLetters);
        using var batch = LaneRunner.Batch(_pool, plan, Rows(2000, subjects: 500, keys: 20));
        Feed(stage, batch, 50);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(stage, batch, 200);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(stage.StateBytes > 500 * 24);
    }

    [Fact]
    public void Batches_of_many_windows_are_added_to_all_of_them()
    {
        var plan = Plan(groups: 1) with { WindowMs = 1, PeriodMs = 10_000 };
        var stage = LaneRunner.Start(plan, _pool, _deadLetters);
        stage.OnBatch(LaneRunner.Batch(_pool, plan, [.. Enumerable.Range(0, 4000).Select(i => new PlainRow(i / 2, new Token((ulong)i, 1), ["a"], []))]), this);
        Assert.Equal(2000, stage.OpenCount);
        stage.OnFrontier(new Frontier(0, 2000, true), this);
        Assert.Equal(2000, _fired.Count);
        Assert.All(_fired, aggregate => Assert.Equal(2, aggregate.Subjects[0]));
    }

    [Fact]
    public void A_subject_with_a_great_many_groups_keeps_those_of_smallest_priority()
    {
        var plan = Plan(groups: 40);
        PlainRow[] rows = [.. Rows(3000, subjects: 2, keys: 700).Concat(Rows(3000, subjects: 300, keys: 3))];
        var segments = new WindowCase(plan, [new Segment(rows, new Frontier(0, plan.WindowMs, true))]);
        Assert.Equal($"{new WindowOracle(segments).Outcome}", $"{LaneRunner.Run(segments, 1)}");
        Assert.Equal($"{new WindowOracle(segments).Outcome}", $"{LaneRunner.Run(segments, 2, restores: true)}");
    }

    [Theory]
    [InlineData(0, 1, 1, 60_000)]
    [InlineData(1, 0, 1, 60_000)]
    [InlineData(1, 1, 0, 60_000)]
    [InlineData(1, 1, 11, 60_000)]
    [InlineData(1, 1, 1, 61_000)]
    public void Impossible_plans_are_refused(int groups, int rows, int windows, long windowMs) =>
        Assert.Throws<ArgumentException>(() => new BoundedWindowStage(
            Plan(groups) with { WindowMs = windowMs, PeriodMs = 600_000, Bounds = new ContributionBounds { Groups = groups, RowsPerGroup = rows, Windows = windows } },
            "user"));

    void IOutlet<WindowAggregate>.Push(WindowAggregate element) => _fired.Add(element);

    private static BoundedWindowPlan Plan(int groups) => new()
    {
        Group = "g",
        SubjectSlot = WindowCase.SubjectSlot,
        GroupBy = [new GroupField("page", 3, ColumnType.Text)],
        KnownKeys = null,
        Bounds = new ContributionBounds { Groups = groups, RowsPerGroup = 2 },
        Sums = [],
        WindowMs = 60_000,
        PeriodMs = 600_000,
    };

    private static IEnumerable<PlainRow> RowSequence(int rows, int subjects, int keys)
    {
        var random = new Random(1);
        return Enumerable.Range(0, rows).Select(i => new PlainRow(i, new Token((ulong)random.Next(1, subjects + 1) << 40, 1), [$"/page/number/{random.Next(keys)}"], [5]));
    }

    private static PlainRow[] Rows(int rows, int subjects, int keys) => [.. RowSequence(rows, subjects, keys)];

    private void Feed(BoundedWindowStage stage, EventBatch batch, int times)
    {
        for (var i = 0; i < times; i++)
        {
            stage.OnBatch(batch.Share(), this);
        }
    }
}
