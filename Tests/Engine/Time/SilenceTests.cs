using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Time;

public sealed class SilenceTests
{
    private const long Day = FrontierTracker.MaxStep;
    private readonly StoppedClock _clock = new();
    private readonly FrontierTracker _tracker = new(1);

    [Fact]
    public void Silence_begins_with_the_first_read_without_rows_and_ends_with_a_row()
    {
        var silence = new Silence(TimeSpan.FromMinutes(1), _clock);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.False(silence.IsLong(0));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((true, false), (silence.IsLong(0), silence.IsLong(1)));
        silence.Break(0);
        Assert.False(silence.IsLong(0));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((true, true), (silence.IsLong(0), silence.IsLong(1)));
        silence.Forget();
        Assert.Equal((false, false), (silence.IsLong(0), silence.IsLong(1)));
    }

    [Fact]
    public void Without_a_timeout_nothing_is_silent()
    {
        var silence = new Silence(null, _clock);
        Assert.False(silence.IsLong(0));
        _clock.Advance(TimeSpan.FromDays(9));
        Assert.False(silence.IsLong(0));
    }

    [Fact]
    public void The_frontier_follows_forward_and_no_further_than_31_days()
    {
        _tracker.Report(0, new ArrivalStamps(1, 100 * Day, 100 * Day, 10));
        _tracker.AdvanceSilent(0, 99 * Day);
        Assert.Equal((100 * Day, 100 * Day), _tracker.Range);
        _tracker.AdvanceSilent(0, 132 * Day);
        Assert.Equal(100 * Day, _tracker.Frontier);
        _tracker.AdvanceSilent(0, 131 * Day);
        Assert.Equal(131 * Day, _tracker.Frontier);
        _tracker.Report(0, new ArrivalStamps(11, 130 * Day, 130 * Day, 10));
        Assert.Equal(131 * Day, _tracker.Frontier);
    }

    [Fact]
    public void Stamps_that_wait_count_when_the_clock_confirms_them()
    {
        _tracker.Report(0, new ArrivalStamps(1, 100 * Day, 100 * Day, 3));
        Assert.Null(_tracker.Frontier);
        _tracker.AdvanceSilent(0, 101 * Day);
        Assert.Equal((100 * Day, 101 * Day), _tracker.Range);
    }
}
