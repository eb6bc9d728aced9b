using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime;

/// <summary>One subject in every hour of a day, W = 2: whatever happens to the state, it counts in two windows.</summary>
public sealed class BoundsGuardTests
{
    private readonly RuntimeFixture _fixture = new();

    [Fact]
    public async Task State_that_is_taken_up_keeps_W_from_one_input_to_the_next()
    {
        await RunAsync(0, 6, resume: true);
        var second = await RunAsync(6, 12, resume: true);
        Assert.Equal((6, 0), (second.Released, second.Withheld.Count));
        Assert.Equal([0, 1], HoursThatCount());
    }

    [Fact]
    public async Task A_pipeline_that_starts_anew_in_the_middle_of_a_period_releases_nothing_more_of_it()
    {
        await RunAsync(0, 6, resume: true);
        var second = await RunAsync(6, 12, resume: false);
        Assert.Equal((0, 6), (second.Released, second.Withheld.Count));
        Assert.All(second.Withheld, withheld => Assert.Equal(RefusalCode.BoundsUnknown, withheld.Refusal.Code));

        // Nor does the run after it, which takes up that second state.
        var third = await RunAsync(12, 18, resume: true);
        Assert.Equal((0, 6), (third.Released, third.Withheld.Count));
    }

    [Fact]
    public async Task A_pipeline_that_reads_the_period_again_goes_on_with_it()
    {
        await RunAsync(0, 6, resume: true);
        var second = await RunAsync(0, 12, resume: false);
        Assert.Equal((6, 6, 0), (second.Released, second.Replayed, second.Withheld.Count));
        _fixture.Truth.RemoveRange(0, 6);
        Assert.Equal([0, 1], HoursThatCount());
    }

    [Fact]
    public async Task The_next_period_is_free()
    {
        await RunAsync(0, 6, resume: true);
        var second = await RunAsync(22, 26, resume: false);
        Assert.Equal((2, 2), (second.Released, second.Withheld.Count));
        Assert.Equal([24, 25], HoursThatCount().Where(hour => hour >= 24));
    }

    [Fact]
    public async Task Where_every_window_may_count_no_state_is_needed()
    {
        await RunAsync(0, 6, resume: true, windows: 24);
        var second = await RunAsync(6, 12, resume: false, windows: 24);
        Assert.Equal((6, 0), (second.Released, second.Withheld.Count));
    }

    private IEnumerable<long> HoursThatCount() => _fixture.Truth.Where(truth => truth.Users > 0).Select(truth => truth.Hour);

    private Task<RunSummary> RunAsync(int fromHour, int toHour, bool resume, int windows = 2)
    {
        var lines = string.Concat(Enumerable.Range(fromHour * 4, (toHour - fromHour) * 4).Select(quarter => string.Create(
            CultureInfo.InvariantCulture, $$"""{"time":{{RuntimeFixture.Start + (quarter * 900_000L)}},"user":"u","page":"/a","bytes":1}""") + "\n"));
        return _fixture.RunAsync(
            Source.FromLines(() => new MemoryLineSource($"hours-{fromHour}-{toHour}", Encoding.UTF8.GetBytes(lines)))
                .ParseJsonLines(Planning.Graphs.Map())
                .Tokenize()
                .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = windows } })
                .TumblingWindow(TimeSpan.FromHours(1))
                .DistinctSubjects("users")
                .LaplaceNoise(1)
                .ToMaterialized(Sink.Store(), Keep.Right),
            RuntimeFixture.Settings() with { Resume = resume });
    }
}
