using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Window;
using Xunit;
using PlanGraphs = AkkaPrivacy.Tests.Engine.Planning.Graphs;

namespace AkkaPrivacy.Tests.Engine.Runtime.Firing;

/// <summary>Windows of a minute, a lateness of two, a lead of 10 seconds: a release decides from three minutes after its window on.</summary>
public sealed class ReleaseFollowersTests
{
    private const long Minute = 60_000;
    private static readonly long Start = RuntimeFixture.Start;

    private readonly PipelinePlan _plan = PipelinePlanner.Plan(RuntimeFixture.Tokens
        .AdaptiveSample(new AdaptiveSampleOperator("user", "traffic", 10, floor: 0.1))
        .Bound(PlanGraphs.Bound(windows: 1440))
        .TumblingWindow(TimeSpan.FromMinutes(1))
        .Count("traffic")
        .LaplaceNoise(1)
        .To(Sink.Store())
        .WithSettings(RuntimeFixture.Settings(1e6) with { AllowedLateness = TimeSpan.FromMinutes(2) }).Graph);

    // The commit of a checkpoint runs while the reader moves the horizon on: it must not write what it has read before.
    [Fact]
    public void A_commit_without_releases_writes_nothing_beside_the_reader()
    {
        var (followers, schedule) = (new ReleaseFollowers(_plan), new FiringSchedule(_plan));
        var cell = followers.Find(_plan.Followers[0].Stage)!;
        var stored = followers.Next([]);
        followers.Open(schedule, Start, (Start, Start));
        var opened = cell.State;
        followers.Adopt(stored);
        Assert.Same(opened, cell.State);
        followers.Hold();
        followers.Adopt(stored);
        Assert.NotSame(opened, cell.State);
        Assert.Equal(opened, cell.State);
    }

    [Fact]
    public void The_horizon_is_that_of_the_earliest_window_that_may_still_come()
    {
        var (followers, schedule) = (new ReleaseFollowers(_plan), new FiringSchedule(_plan));
        long Horizon(long frontier, long low)
        {
            followers.Open(schedule, frontier, (low, frontier));
            return (followers.Find(_plan.Followers[0].Stage)!.State.HorizonMs - Start) / Minute;
        }

        // Stamps up to two minutes older may come, so the first window may begin then. Its release decides from four minutes after its start on.
        Assert.True(followers.Opens(schedule, Start + (5 * Minute), (Start + (5 * Minute), Start + (5 * Minute))));
        Assert.Equal(7, Horizon(Start + (5 * Minute), Start + (5 * Minute)));
        Assert.Equal(7, Horizon(Start + (5 * Minute), Start + (3 * Minute)));
        Assert.Equal(7, Horizon(Start + (7 * Minute), Start + (3 * Minute)));
        Assert.False(followers.Opens(schedule, Start + (7 * Minute), (Start + (3 * Minute), Start + (7 * Minute))));
        Assert.Equal(schedule.Limit, Start + (7 * Minute));
    }

    [Fact]
    public void Before_anything_has_come_nothing_is_decided()
    {
        var (followers, schedule) = (new ReleaseFollowers(_plan), new FiringSchedule(_plan));
        Assert.False(followers.Opens(schedule, null, null));
        Assert.False(followers.Opens(schedule, null, (Start, Start)));
        followers.Open(schedule, null, null);
        Assert.Equal(long.MinValue, followers.Find(_plan.Followers[0].Stage)!.State.HorizonMs);
    }
}
