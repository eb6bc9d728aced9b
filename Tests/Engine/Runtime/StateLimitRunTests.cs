using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Runtime;

/// <summary>Pages by hour under unknown keys; in hour 1 there are ten times as many pages as in the others.</summary>
public sealed class StateLimitRunTests
{
    private readonly RuntimeFixture _fixture = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_window_beyond_the_limit_is_withheld_and_the_run_goes_on(int lanes)
    {
        var run = await RunAsync(hours: 3, maxGroups: 5, lanes: lanes);
        Assert.Equal(2, run.Released);
        var withheld = Assert.Single(run.Withheld);
        Assert.Equal(RefusalCode.StateLimit, withheld.Refusal.Code);
        Assert.Equal(1, Hour(withheld.Id));
    }

    [Fact]
    public async Task It_stays_withheld_when_the_input_is_read_again_without_the_limit()
    {
        await RunAsync(hours: 3, maxGroups: 5);
        var again = await RunAsync(hours: 3, maxGroups: null);
        Assert.Equal((0, 2), (again.Released, again.Replayed));
        Assert.Equal(RefusalCode.StateLimit, Assert.Single(again.Withheld).Refusal.Code);
    }

    [Fact]
    public async Task Nothing_more_of_a_period_is_released_when_a_released_window_was_given_up()
    {
        await RunAsync(hours: 3, maxGroups: null);
        var again = await RunAsync(hours: 5, maxGroups: 5);
        Assert.Equal((0, 3), (again.Released, again.Replayed));
        Assert.Equal([3, 4], again.Withheld.Select(withheld => Hour(withheld.Id)));
        Assert.All(again.Withheld, withheld => Assert.Equal(RefusalCode.BoundsUnknown, withheld.Refusal.Code));
    }

    private static long Hour(ReleaseId id) => (id.Window.StartMs - RuntimeFixture.Start) / 3_600_000;

    private Task<RunSummary> RunAsync(int hours, int? maxGroups, int lanes = 1)
    {
        var lines = string.Concat(Enumerable.Range(0, hours * 30).Select(i => string.Create(
            CultureInfo.InvariantCulture, $$"""{"time":{{RuntimeFixture.Start + (i * 120_000L)}},"user":"u{{i}}","page":"/{{(i / 30 == 1 ? i : i % 3)}}","bytes":1}""") + "\n"));
        var graph = Source.FromLines(() => new MemoryLineSource("m", Encoding.UTF8.GetBytes(lines))).ParseJsonLines(Planning.Graphs.Map()).Tokenize()
            .Bound(new Bound { Subject = "user", GroupBy = ["page"], MaxGroups = maxGroups, Bounds = new ContributionBounds { Windows = 1 } })
            .TumblingWindow(TimeSpan.FromHours(1))
            .Count("pages")
            .SelectKeys(1, 1e-6)
            .LaplaceNoise(1)
            .ToMaterialized(Sink.Store(), Keep.Right);
        return _fixture.RunAsync(graph, RuntimeFixture.Settings() with
        {
            Resume = false,
            Lanes = lanes,
            Account = new AccountPolicy { Account = "a/b", Measure = PrivacyMeasure.Approximate, BudgetPerPeriod = PrivacyCost.Approximate(1000, 0.01) },
        });
    }
}
