using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Operators.Noise;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Planning.Graphs;

namespace AkkaPrivacy.Tests.Engine.Runtime.Firing;

public sealed class FiringScheduleTests
{
    private const long Minute = 60_000;
    private const long Start = 1_767_225_600_000;

    [Fact]
    public void Windows_fire_once_in_order_of_their_ends_empty_ones_included()
    {
        var schedule = Schedule();
        (long, long) seen = (Start + 5 * Minute, Start + 500 * Minute);
        Assert.False(schedule.IsDue(null, seen));
        Assert.False(schedule.IsDue(Start + 70 * Minute - 1, seen));
        Assert.True(schedule.IsDue(Start + 70 * Minute, seen));
        Assert.Equal(["0:0"], Fire(schedule, Start + 70 * Minute, seen));
        Assert.False(schedule.IsDue(Start + 70 * Minute, seen));
        Assert.Empty(Fire(schedule, Start + 70 * Minute, seen));
        Assert.Equal(["1:0", "0:60", "0:120", "1:120", "0:180"], Fire(schedule, Start + 250 * Minute, seen));
        Assert.Equal(["0:240", "1:240", "0:300", "0:360", "1:360", "0:420", "0:480", "1:480"], Fire(schedule, null, seen, isEnd: true));
        Assert.Empty(Fire(schedule, null, seen, isEnd: true));
    }

    [Fact]
    public void A_declared_range_gives_exactly_its_windows()
    {
        var schedule = Schedule(new TimeWindow(Start + Minute, Start + 120 * Minute));
        Assert.Equal(["0:0"], Fire(schedule, Start + 70 * Minute, (Start - 900 * Minute, Start + 900 * Minute)));
        Assert.Equal(["1:0", "0:60"], Fire(schedule, Start + 5000 * Minute, null));
        Assert.False(schedule.IsDue(Start + 9000 * Minute, null));
        Assert.Empty(Fire(schedule, null, null, isEnd: true));
        Assert.Equal(["0:0", "1:0", "0:60"], Fire(Schedule(new TimeWindow(Start + Minute, Start + 120 * Minute)), null, null, isEnd: true));
    }

    [Fact]
    public void A_resumed_schedule_goes_on_where_the_stored_one_was()
    {
        var schedule = Schedule();
        Fire(schedule, Start + 70 * Minute, (Start, Start + 80 * Minute));
        var resumed = Schedule();
        resumed.Restore(schedule.FiredUpTo, schedule.Begins, schedule.Range);
        Assert.False(resumed.IsDue(Start + 129 * Minute, null));
        Assert.Equal(["1:0", "0:60"], Fire(resumed, Start + 130 * Minute, null));
    }

    [Fact]
    public void Nothing_seen_means_nothing_fires_at_the_end() => Assert.Empty(Fire(Schedule(), null, null, isEnd: true));

    [Fact]
    public void Too_many_windows_at_once_are_refused_with_the_way_out()
    {
        var failure = Assert.Throws<PipelineException>(() => Schedule().Next(Start, (Start - 13_000_000 * Minute, Start), isEnd: false));
        Assert.Contains("time.range", failure.Message, StringComparison.Ordinal);
    }

    private static FiringSchedule Schedule(TimeWindow? range = null) => new(PipelinePlanner.Plan(Of(
        Branch(Bound(), Hour, Users, new LaplaceNoise(1), Store),
        Branch(Bound(), new TumblingWindowNode(TimeSpan.FromHours(2)), new AggregateNode("more", AggregateKind.Count), new LaplaceNoise(1), Store),
        new IgnoreNode()) with
    { Settings = Settings with { TimeRange = range } }));

    private static List<string> Fire(FiringSchedule schedule, long? frontier, (long, long)? seen, bool isEnd = false)
    {
        var firing = schedule.Next(frontier, seen, isEnd);
        schedule.MarkFired(firing);
        return [.. firing.Windows.Select(fired => $"{fired.Branch}:{(fired.Window.StartMs - Start) / Minute}")];
    }
}
