using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Checkpoints;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Time;
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

    // Also on a store of a former version, which has no note of the key but the state.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Under_another_key_a_period_that_was_begun_is_not_gone_on_with_though_it_is_read_again(bool isFormer)
    {
        await RunAsync(0, 6, resume: true);
        if (isFormer)
        {
            await _fixture.Store.TransactAsync(async transaction =>
            {
                await transaction.DeleteAsync("subject-keys", RuntimeFixture.Settings().Name);
                return 0;
            });
        }

        _fixture.Secret = "another secret of a test";
        var second = await RunAsync(0, 26, resume: false);
        Assert.Equal((2, 6, 18), (second.Released, second.Replayed, second.Withheld.Count));
        Assert.All(second.Withheld, withheld => Assert.Contains("under another key): wait for the next period", withheld.Refusal.Message, StringComparison.Ordinal));
        Assert.Contains(second.Warnings, warning => warning.Contains("another key", StringComparison.Ordinal));

        // A state that is begun anew once more, under the same key as before, still does not know.
        var third = await RunAsync(0, 28, resume: false);
        Assert.Equal((2, 8, 18), (third.Released, third.Replayed, third.Withheld.Count));
        Assert.Empty(third.Warnings);
    }

    [Fact]
    public async Task A_note_of_the_key_that_cannot_be_read_is_taken_as_another_key()
    {
        await RunAsync(0, 6, resume: true);
        await _fixture.Store.TransactAsync(async transaction =>
        {
            await transaction.PutAsync("subject-keys", RuntimeFixture.Settings().Name, new byte[] { 1, 2, 3 });
            return 0;
        });
        var second = await RunAsync(0, 12, resume: false);
        Assert.Equal((0, 6, 6), (second.Released, second.Replayed, second.Withheld.Count));
    }

    [Fact]
    public async Task What_is_stored_of_earlier_periods_stays_flat_over_a_thousand_of_them()
    {
        await RunMinutesAsync(0, 1000, resume: true);

        // A new state reads the first ten periods again and goes on: it knows all that were released.
        var (second, stored) = (await RunMinutesAsync(0, 10, resume: false), new List<int> { await EarlierAsync() });
        for (var minute = 10; minute < 1010; minute += 100)
        {
            var more = await RunMinutesAsync(minute, minute + 100, resume: true);
            Assert.Equal((minute == 910 ? 20 : 0, 200, 0), (more.Released, more.Released + more.Replayed, more.Withheld.Count));
            stored.Add(await EarlierAsync());
        }

        Assert.Equal(20, second.Replayed);
        Assert.All(stored, periods => Assert.Equal(0, periods));
        Assert.Equal(2010, _fixture.Truth.Sum(truth => truth.Users));
    }

    [Fact]
    public void A_period_is_forgotten_when_its_windows_have_fired_or_the_state_covers_it_and_not_before()
    {
        var plan = PipelinePlanner.Plan(Graph(string.Empty, 0, 2).Graph with { Settings = RuntimeFixture.Settings() });
        var group = plan.Branches[0].Bounded.Group;
        var guard = new BoundsGuard(plan);
        guard.Restore([.. Enumerable.Range(0, 1000).Select(day => new EarlierPeriod(group, At(day), At(day, 1)))], [null]);
        guard.Prune([null]);
        Assert.Equal(1000, guard.Earlier.Count);

        // This state begins an hour behind the first window that was released of day 5.
        guard.Cover(new AkkaPrivacy.Engine.Runtime.Firing.Firing([new Frontier(At(5, 2), At(5, 4), false)], []));
        guard.Prune([At(5, 4)]);
        Assert.Equal([new EarlierPeriod(group, At(5), At(5, 1))], guard.Earlier);
        guard.Prune([At(6) - 1]);
        Assert.Equal(RefusalCode.BoundsUnknown, Check(5, 23)?.Code);
        Assert.Null(Check(6, 0));
        guard.Prune([At(6)]);
        Assert.Empty(guard.Earlier);

        // What was given up is known to no state, whatever it covers.
        guard.Lose(0, new TimeWindow(At(7, 3), At(7, 4)));
        guard.Prune([At(7, 4)]);
        Assert.Equal(RefusalCode.BoundsUnknown, Check(7, 4)?.Code);
        guard.Prune([At(8)]);
        Assert.Empty(guard.Earlier);

        Refusal? Check(int day, int hour)
        {
            var window = new TimeWindow(At(day, hour), At(day, hour + 1));
            return guard.Check(0, ReleaseIds.For(plan, plan.Branches[0].Queries[0], window), new WindowAggregate(window, 0, 0));
        }

        static long At(int day, int hour = 0) => RuntimeFixture.Start + (((day * 24) + hour) * 3_600_000L);
    }

    private IEnumerable<long> HoursThatCount() => _fixture.Truth.Where(truth => truth.Users > 0).Select(truth => truth.Hour);

    private Task<RunSummary> RunAsync(int fromHour, int toHour, bool resume, int windows = 2) =>
        _fixture.RunAsync(Graph(Lines(fromHour * 4, toHour * 4, 900_000), fromHour, windows), RuntimeFixture.Settings() with { Resume = resume });

    // The same with a minute for the day and half a minute for the hour.
    private Task<RunSummary> RunMinutesAsync(int from, int to, bool resume)
    {
        var settings = RuntimeFixture.Settings();
        return _fixture.RunAsync(
            Graph(Lines(from * 4, to * 4, 15_000), from, 1, TimeSpan.FromSeconds(30)),
            settings with { Resume = resume, Account = settings.Account! with { Period = TimeSpan.FromMinutes(1) } });
    }

    private async Task<int> EarlierAsync()
    {
        var settings = RuntimeFixture.Settings();
        var plan = PipelinePlanner.Plan(Graph(string.Empty, 0, 1, TimeSpan.FromSeconds(30)).Graph with { Settings = settings with { Account = settings.Account! with { Period = TimeSpan.FromMinutes(1) } } });
        return (await _fixture.Store.TransactAsync(transaction => new CheckpointStore(plan).LoadAsync(transaction)))!.Earlier.Count;
    }

    private static string Lines(int from, int to, long stepMs) => string.Concat(Enumerable.Range(from, to - from).Select(step => string.Create(
        CultureInfo.InvariantCulture, $$"""{"time":{{RuntimeFixture.Start + (step * stepMs)}},"user":"u","page":"/a","bytes":1}""") + "\n"));

    private static RunnableGraph<Task<RunSummary>> Graph(string lines, int name, int windows, TimeSpan? window = null) =>
        Source.FromLines(() => new MemoryLineSource($"from-{name}", Encoding.UTF8.GetBytes(lines)))
            .ParseJsonLines(Planning.Graphs.Map())
            .Tokenize()
            .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = windows } })
            .TumblingWindow(window ?? TimeSpan.FromHours(1))
            .DistinctSubjects("users")
            .LaplaceNoise(1)
            .ToMaterialized(Sink.Store(), Keep.Right);
}
