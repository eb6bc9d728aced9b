using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Planning;

public sealed class SlidingWindowPlanTests
{
    [Fact]
    public void Overlap_is_charged_W_times_and_windows_stay_inside_the_period()
    {
        var plan = Plan(windows: 12, new SlidingWindowNode(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)));
        var bounded = plan.Branches[0].Bounded;
        Assert.Equal((277, 12), (bounded.WindowsPerPeriod, bounded.WindowsPerRow));
        Assert.Equal(PrivacyCost.Pure(0.5), plan.Branches[0].WindowCost);
        Assert.Equal(PrivacyCost.Pure(6), plan.Branches[0].PeriodCost);
        Assert.Equal(1, plan.Branches[0].Queries[0].Query.Sensitivity);
    }

    [Fact]
    public void The_slide_is_part_of_hash_and_group_and_a_slide_of_the_size_tumbles()
    {
        var tumbling = Plan(1, Graphs.Hour);
        var same = Plan(1, new SlidingWindowNode(TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        var sliding = Plan(1, new SlidingWindowNode(TimeSpan.FromHours(1), TimeSpan.FromMinutes(30)));
        Assert.Equal((tumbling.Hash, tumbling.Branches[0].Bounded.Group), (same.Hash, same.Branches[0].Bounded.Group));
        Assert.NotEqual(tumbling.Hash, sliding.Hash);
        Assert.StartsWith("total/01:00:00~00:30:00#", sliding.Branches[0].Bounded.Group, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3600, 7)]
    [InlineData(3600, 7200)]
    [InlineData(3600, 0)]
    [InlineData(90_000, 3600)]
    [InlineData(7200, 4)]
    [InlineData(3599, 59)]
    public void Windows_that_are_no_sum_of_panes_are_refused(int size, int slide) => Assert.Contains(
        Graphs.Errors(Graphs.Query(window: new SlidingWindowNode(TimeSpan.FromSeconds(size), TimeSpan.FromSeconds(slide)))), error => error.Message.Contains("slide", StringComparison.Ordinal) || error.Message.Contains("window", StringComparison.Ordinal));

    [Fact]
    public void More_windows_than_a_period_holds_are_refused() =>
        Assert.Contains(Graphs.Errors(Graphs.Query(Graphs.Bound(windows: 278), new SlidingWindowNode(TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)))), error => error.Message.Contains("from 1 to 277", StringComparison.Ordinal));

    [Fact]
    public void The_grid_knows_the_windows_of_a_pane()
    {
        var grid = new WindowGrid(SizeMs: 40, SlideMs: 10, PeriodMs: 100);
        Assert.Equal([(0L, 0L), (0L, 10L), (0L, 20L), (0L, 30L), (10L, 40L), (20L, 50L), (30L, 60L), (40L, 60L), (50L, 60L), (60L, 60L), (100L, 100L)],
            Enumerable.Range(0, 11).Select(pane => (grid.FirstStart(pane * 10), grid.LastStart(pane * 10))));
        Assert.Equal([0, 10, 60, 100, 100], new long[] { 0, 1, 60, 61, 100 }.Select(grid.NextStart));
        Assert.Equal((-100, -50), (grid.FirstStart(-100), grid.NextStart(-55)));
    }

    private static PipelinePlan Plan(int windows, GraphNode window) =>
        PipelinePlanner.Plan(Graphs.Query(Graphs.Bound(windows: windows), window));
}
