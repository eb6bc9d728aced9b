using AkkaPrivacy.Engine.Time;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Time;

public sealed class FrontierTrackerTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;
    private const long Now = 20_000 * Day;
    private readonly FrontierTracker _tracker = new(1);

    [Fact]
    public void Follows_the_stamps_and_never_moves_back()
    {
        Report(1, Now, rows: 100);
        Report(101, Now + Hour, rows: 3);
        Report(104, Now - Hour, rows: 3);
        Assert.Equal(Now + Hour, _tracker.Frontier);
        Assert.Equal((Now - Hour, Now + Hour), _tracker.Range);
    }

    [Fact]
    public void The_clock_of_a_source_that_falls_silent_confirms_its_few_rows()
    {
        Report(1, Now, rows: 1);
        Report(2, Now + 10, rows: 2);
        Assert.Null(_tracker.Range);
        _tracker.Advance(0, Now + 2 * Hour);
        Assert.Equal((Now, Now + 2 * Hour), _tracker.Range);
        Assert.Equal(Now + 2 * Hour, _tracker.Frontier);
        _tracker.End(0);
        Assert.Equal((Now, Now + 2 * Hour), _tracker.Range);
    }

    [Theory]
    [InlineData(-10_000)]
    [InlineData(-40)]
    [InlineData(40)]
    [InlineData(10_000)]
    public void A_wild_stamp_moves_nothing(long days)
    {
        foreach (var first in new[] { true, false })
        {
            var tracker = new FrontierTracker(1);
            if (!first)
            {
                tracker.Report(0, new ArrivalStamps(0, Now, Now, 20));
            }

            tracker.Report(0, new ArrivalStamps(50, Now + days * Day, Now + days * Day, 1));
            tracker.Report(0, new ArrivalStamps(51, Now + Hour, Now + Hour, 1));
            tracker.Report(0, new ArrivalStamps(52, Now + 2 * Hour, Now + 2 * Hour, 20));
            tracker.Report(0, new ArrivalStamps(72, Now + days * Day, Now + days * Day, 1));
            Assert.Equal(Now + 2 * Hour, tracker.Frontier);
            tracker.End(0);
            Assert.Equal((first ? Now + Hour : Now, Now + 2 * Hour), tracker.Range);
        }
    }

    [Fact]
    public void Sparse_stamps_days_apart_confirm_each_other_and_the_last_one_counts_at_the_end()
    {
        for (var i = 0; i < 12; i++)
        {
            Report(i + 1, Now + 5 * i * Day, rows: 1);
        }

        Assert.Equal(Now + 50 * Day, _tracker.Frontier);
        _tracker.End(0);
        Assert.Equal((Now, Now + 55 * Day), _tracker.Range);
    }

    [Fact]
    public void A_few_sparse_stamps_count_when_the_partition_ends()
    {
        Report(1, Now, rows: 1);
        Report(2, Now + 3 * Day, rows: 1);
        Assert.Null(_tracker.Frontier);
        _tracker.End(0);
        Assert.Equal((Now, Now + 3 * Day), _tracker.Range);
        Assert.Null(_tracker.Frontier);
    }

    [Fact]
    public void The_order_in_which_lanes_report_does_not_matter()
    {
        for (var seed = 1; seed <= 1000; seed++)
        {
            var random = new Random(seed);
            var runs = new List<ArrivalStamps>();
            for (var (i, stamp) = (0, Now); i < 20; i++)
            {
                stamp += random.Next(2) == 0 ? Hour : 2 * Day;
                runs.Add(new ArrivalStamps(10 * i, stamp, stamp + Hour, random.Next(1, 10)));
            }

            var (ordered, mixed) = (new FrontierTracker(1), new FrontierTracker(1));
            runs.ForEach(run => ordered.Report(0, run));
            var lanes = random.Next(2, 6);
            for (var i = 0; i < runs.Count; i += lanes)
            {
                var together = runs.Skip(i).Take(lanes).ToArray();
                random.Shuffle(together);
                Array.ForEach(together, run => mixed.Report(0, run));
            }

            ordered.End(0);
            mixed.End(0);
            Assert.True(ordered.Range == mixed.Range, $"Seed {seed}");
        }
    }

    [Fact]
    public void Several_runs_of_faster_lanes_count_once_the_one_before_them_is_certain()
    {
        Report(13, Now + Hour, rows: 1);
        Report(15, Now + 2 * Hour, rows: 1);
        Report(1, Now, rows: 10);
        Assert.Equal(Now + 2 * Hour, _tracker.Frontier);
        _tracker.End(0);
        Assert.Equal((Now, Now + 2 * Hour), _tracker.Range);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_damaged_stamp_beside_a_sound_one_that_waits_does_not_take_its_place(bool isLast)
    {
        Report(1, Now, rows: 10);
        Report(isLast ? 11 : 12, Now + 5 * Day, rows: 1);
        Report(isLast ? 12 : 11, Now + 40_000 * Day, rows: 1);
        Assert.Equal(Now, _tracker.Frontier);
        _tracker.End(0);
        Assert.Equal((Now, Now + 5 * Day), _tracker.Range);
    }

    [Fact]
    public void The_slowest_open_partition_holds_the_frontier()
    {
        var tracker = new FrontierTracker(3);
        tracker.Report(0, new ArrivalStamps(1, Now, Now + Hour, 10));
        tracker.Report(1, new ArrivalStamps(1, Now, Now + 9 * Hour, 10));
        Assert.Null(tracker.Frontier);
        tracker.End(2);
        Assert.Equal(Now + Hour, tracker.Frontier);
        tracker.End(0);
        Assert.Equal(Now + 9 * Hour, tracker.Frontier);
        tracker.End(0);
        tracker.End(1);
        Assert.Null(tracker.Frontier);
    }

    [Fact]
    public void An_idle_partition_moves_by_the_clock_of_its_source()
    {
        _tracker.Advance(0, Now);
        _tracker.Advance(0, Now + Hour);
        Assert.Equal(Now + Hour, _tracker.Frontier);
    }

    [Fact]
    public void What_is_known_can_be_stored_and_taken_up()
    {
        Report(1, Now, rows: 10);
        Report(11, Now + 3 * Day, rows: 1);
        var restored = new FrontierTracker(1);
        restored.Restore(_tracker.Snapshot());
        Assert.Equal(Now, restored.Frontier);
        restored.Report(0, new ArrivalStamps(12, Now + 6 * Day, Now + 6 * Day, 1));
        Assert.Equal(Now + 3 * Day, restored.Frontier);
    }

    private void Report(long position, long stamp, int rows) => _tracker.Report(0, new ArrivalStamps(position, stamp, stamp, rows));
}
