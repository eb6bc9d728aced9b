using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.TestKit;
using Xunit;

namespace AkkaPrivacy.Tests.TestKit;

/// <summary>What the kit says of pipelines that are as they should be.</summary>
public sealed class PipelineTestTests
{
    [Fact]
    public async Task Windows_values_bounds_and_costs_are_as_computed_by_hand()
    {
        await using var test = Pages.Test();
        await test.FeedAsync(
            Pages.At("10:01", "ann", "/"), Pages.At("10:02", "ann", "/"), Pages.At("10:03", "ann", "/"),
            Pages.At("10:04", "bob", "/a"), Pages.At("10:05", "bob", "/else"),
            Pages.At("10:06", "cem", "/", arrival: "10:30"),
            Pages.At("10:31", "eve", "/b"), Pages.At("10:31", "eve", "/b"));
        test.Query("views").FiredExactly();

        await test.FeedAsync(Pages.At("11:11", "ann", "/b"));
        test.Query("views").FiredExactly("2026-03-02T10:00Z");
        test.Window("views", "2026-03-02T10:00Z").Has(2, "/").Has(1, "/a").Has(2, "/b").HasGroups("/", "/a", "/b").IsReleased();
        test.Window("bytes", "2026-03-02T10:00Z").Has(300, "/").Has(100, "/a");

        await test.FeedAsync(Pages.At("12:05", "ann", "/"), Pages.At("12:06", "dan", "/"));
        await test.CompleteAsync();

        test.Query("views")
            .FiredExactly("2026-03-02T10:00Z", "2026-03-02T11:00Z", "2026-03-02T12:00Z")
            .BoundsHold()
            .MostOfAnySubject(groups: 1, rowsPerGroup: 2, windows: 2)
            .Rows(RowFate.BoundedByRows, 1).Rows(RowFate.UnknownKey, 1).Rows(RowFate.Late, 1).Rows(RowFate.BoundedByWindows, 1)
            .Row(1, RowFate.Counts).Row(3, RowFate.BoundedByRows).Row(10, RowFate.BoundedByWindows);
        test.Query("bytes").BoundsHold().Rows(RowFate.BoundedByRows, 0);
        test.Window("views", "2026-03-02T12:00Z").Has(1, "/").Charged(0).Publishes("/", "/a", "/b");
        test.Window("bytes", "2026-03-02T10:00Z").Charged(0.5);
        test.Costs.Spent(2).Left(1).Spent(2, period: "2026-03-02T23:00Z");
        test.DeadLetters(DeadLetterReason.Late, 1).DeadLetters(DeadLetterReason.UnknownKey, 1).DeadLetters(DeadLetterReason.Malformed, 0).NothingIsWithheld();
        Assert.Equal(6, test.Summary!.Released);
        await test.ReplaysAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(CrashPoint.BeforeCommit)]
    [InlineData(CrashPoint.AfterCommit)]
    public async Task A_crash_changes_nothing(CrashPoint? point)
    {
        await using var calm = Pages.Test();
        await using var rough = Pages.Test(options: new PipelineTestOptions { Seed = 7, BatchRows = 2 });
        Pages.Visit[][] steps =
        [
            [.. Enumerable.Range(0, 9).Select(i => Pages.At($"10:{i:D2}", i % 2 == 0 ? "ann" : "bob", i % 3 == 0 ? "/" : i % 3 == 1 ? "/a" : "/b"))],
            [Pages.At("10:20", "ann", "/"), Pages.At("11:30", "bob", "/")],
            [Pages.At("12:30", "ann", "/a")],
            [Pages.At("13:30", "ann", "/a")],
        ];
        foreach (var step in steps)
        {
            await calm.FeedAsync(step);
            if (point is { } at)
            {
                rough.CrashAtNextFiring(at);
                await rough.FeedAsync(step);
            }
            else
            {
                await rough.FeedAsync(step);
                await rough.CrashAndRestartAsync();
                await rough.AdvanceAsync(TimeSpan.FromSeconds(20));
                await rough.RestartAsync();
            }
        }

        await calm.CompleteAsync();
        await rough.CompleteAsync();

        Assert.Equal(0, calm.Crashes);
        Assert.Equal(point is null ? 4 : 3, rough.Crashes);
        rough.Query("views").BoundsHold().FiredExactly("2026-03-02T10:00Z", "2026-03-02T11:00Z", "2026-03-02T12:00Z", "2026-03-02T13:00Z");
        Assert.Equal(Exact(calm), Exact(rough));
        rough.Costs.Spent(2);
        await rough.ReplaysAsync();
    }

    [Fact]
    public async Task Windows_of_an_input_without_stamps_fire_as_virtual_time_goes_on()
    {
        await using var test = Pages.Test(
            Pages.Settings() with { Arrival = ArrivalMode.Ingest },
            options: new PipelineTestOptions { Start = new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero) });
        await test.AdvanceAsync(TimeSpan.FromMinutes(2));
        await test.FeedAsync(Pages.At("10:01", "ann", "/"), Pages.At("09:30", "bob", "/"));
        await test.AdvanceAsync(TimeSpan.FromMinutes(60));
        test.Query("views").FiredExactly().Row(2, RowFate.Late);
        await test.AdvanceAsync(TimeSpan.FromHours(2));
        test.Window("views", "2026-03-02T10:00Z").FiredAt("2026-03-02T11:10Z").Has(1, "/");
        await test.CompleteAsync();
        test.Query("views").Row(1, RowFate.Counts);
        await test.ReplaysAsync();
    }

    [Fact]
    public async Task A_budget_that_is_spent_withholds()
    {
        await using var test = Pages.Test(Pages.Settings(epsilon: 1));
        await test.FeedAsync(Pages.At("10:01", "ann", "/"), Pages.At("11:30", "ann", "/"));
        await test.CompleteAsync();

        test.Window("views", "2026-03-02T10:00Z").IsReleased();
        test.Window("views", "2026-03-02T11:00Z").IsWithheld(RefusalCode.BudgetExceeded).Has(1, "/");
        test.Costs.Spent(1).Left(0);
        await test.ReplaysAsync();
    }

    [Fact]
    public async Task One_seed_gives_one_noise_and_another_another()
    {
        Assert.Equal(await ValuesAsync(5), await ValuesAsync(5));
        Assert.NotEqual(await ValuesAsync(5), await ValuesAsync(6));

        static async Task<string> ValuesAsync(ulong seed)
        {
            await using var test = Pages.Test(options: new PipelineTestOptions { Seed = seed });
            await test.FeedAsync(Pages.At("10:01", "ann", "/"));
            await test.CompleteAsync();
            return string.Join(' ', test.Releases.SelectMany(release => release.Groups).Select(group => group.Value));
        }
    }

    private static List<(string, string, decimal)> Exact(PipelineTest test) =>
        [.. test.Fired.SelectMany(fired => fired.Values, (fired, value) => (fired.Id.ToString(), string.Join('|', value.Key), value.Value))];
}
