using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.TestKit;
using AkkaPrivacy.Tests.Engine.Planning;
using AkkaPrivacy.Tests.Engine.Runtime;
using AkkaPrivacy.Tests.Engine.Runtime.Lanes;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Sample;

/// <summary>A busy site and a quiet one, windows of a minute, no lateness: rates follow two windows behind. Noise is 0 unless a test
/// asks for some, so that what a test sees is the sample.</summary>
public sealed class AdaptiveSampleRunTests
{
    private const int Target = 100;
    private const int Quiet = 12;
    private static readonly TimeSpan Disorder = TimeSpan.FromMinutes(3);
    private static readonly long Start = RuntimeFixture.Start;

    // The busy site goes from 80 subjects a minute to 2,000. Of weight w, about 2,000 / w are kept, plus or minus its root.
    [Fact]
    public async Task After_a_step_of_the_load_the_busy_site_is_at_its_target_and_the_quiet_one_is_kept_whole()
    {
        await using var test = Test();
        await FeedAsync(test, 0, 12);
        await test.CompleteAsync();
        int[] busy = [.. Kept(test, "/busy")];
        Assert.InRange(busy[0], 0, 18);
        Assert.All(busy[2..5], kept => Assert.Equal(80, kept));
        Assert.All(busy[5..7], kept => Assert.Equal(2000, kept));
        Assert.InRange(busy[7], Target, 300);
        Assert.All(busy[9..], kept => Assert.InRange(kept, 60, Target + 60));
        Assert.All(Kept(test, "/quiet").Skip(2), kept => Assert.Equal(Quiet, kept));
    }

    [Fact]
    public async Task Intervals_cover_the_rows_of_all_subjects_and_not_only_of_those_in_the_sample()
    {
        await using var test = Test(epsilon: 20);
        await FeedAsync(test, 0, 12);
        await test.CompleteAsync();
        Assert.Equal(12, test.Releases.Count);
        var covered = test.Releases.SelectMany(release => release.Groups.Select(group => (release, group)))
            .Count(pair => Truth(pair.group.Key[0], Minute(pair.release)) is var truth && pair.group.Low <= truth && truth <= pair.group.High);
        Assert.InRange(covered, 22, 24);
    }

    [Fact]
    public async Task Whatever_the_rates_are_the_bounds_hold_and_the_cost_is_that_of_the_windows_in_which_a_subject_may_count()
    {
        await using var test = Test(epsilon: 20, windows: 3);
        await FeedAsync(test, 0, 12);
        await test.CompleteAsync();
        test.Query("traffic").BoundsHold();
        test.Costs.Spent(60);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(CrashPoint.BeforeCommit)]
    [InlineData(CrashPoint.AfterCommit)]
    public async Task A_crash_anywhere_gives_the_windows_that_would_have_been(CrashPoint? point)
    {
        await using var calm = Test();
        await FeedAsync(calm, 0, 10);
        await calm.CompleteAsync();
        await using var rough = Test(batch: 700);
        await FeedAsync(rough, 0, 6);
        await CrashAsync(rough, point);
        await FeedAsync(rough, 6, 8);
        await rough.RestartAsync();
        await FeedAsync(rough, 8, 9);
        await CrashAsync(rough, point);
        await FeedAsync(rough, 9, 10);
        await rough.CompleteAsync();
        Assert.True(rough.Crashes > 0);
        Assert.Equal(Values(calm), Values(rough));
        Assert.Contains(Kept(rough, "/busy"), kept => kept is > 0 and < 200);
        await rough.ReplaysAsync();
    }

    // A batch of 4,096 rows holds two minutes of the busy site and many of the quiet one, so rows wait for what is released before them.
    [Theory]
    [InlineData(4096)]
    [InlineData(977)]
    [InlineData(64)]
    public async Task Reading_far_ahead_of_what_is_released_gives_the_same_windows(int batch)
    {
        await using var calm = Test();
        await FeedAsync(calm, 0, 10);
        await calm.CompleteAsync();
        await using var ahead = Test(batch: batch);
        await ahead.FeedLinesAsync(Enumerable.Range(0, 10).SelectMany(minute => Lines(minute)));
        await ahead.CompleteAsync();
        Assert.Equal(10, ahead.Releases.Count);
        Assert.Equal(Values(calm), Values(ahead));
        Assert.Equal(100, Kept(ahead, "/busy").ElementAt(9), 60.0);
    }

    // One person's rows on a page that no query counts fill the batches. Whatever else is read and stored when, it is the same.
    [Fact]
    public async Task One_subject_with_many_rows_changes_no_other_subjects_weights()
    {
        await using var calm = Test();
        await FeedAsync(calm, 0, 10);
        await calm.CompleteAsync();
        await using var flooded = Test(batch: 1000);
        await flooded.FeedLinesAsync(Enumerable.Range(0, 10).SelectMany(minute => Lines(minute)
            .SelectMany((line, i) => Enumerable.Repeat(Line(Start + (minute * 60_000L) + 30_000, "flood", "/other"), i == 40 ? 1700 * (minute % 4) : 0).Append(line))));
        await flooded.CompleteAsync();
        Assert.Equal(Values(calm), Values(flooded));
    }

    [Fact]
    public async Task A_crash_while_rows_wait_loses_none()
    {
        await using var calm = Test();
        await FeedAsync(calm, 0, 8);
        await calm.CompleteAsync();
        await using var rough = Test();
        rough.CrashAtNextFiring(CrashPoint.AfterCommit);
        await rough.FeedLinesAsync(Enumerable.Range(0, 4).SelectMany(minute => Lines(minute)));
        rough.CrashAtNextFiring(CrashPoint.AfterCommit);
        await rough.FeedLinesAsync(Enumerable.Range(4, 4).SelectMany(minute => Lines(minute)));
        await rough.RestartAsync();
        await rough.CompleteAsync();
        Assert.Equal(2, rough.Crashes);
        Assert.Equal(Values(calm), Values(rough));
    }

    // With noise, released values stand on a replay and so do the rates that follow from them; what is in the windows is the same.
    [Fact]
    public async Task A_replay_from_the_start_samples_by_what_was_released()
    {
        await using var test = Test(epsilon: 5);
        await FeedAsync(test, 0, 10);
        test.CrashAtNextFiring(CrashPoint.BeforeCommit);
        await FeedAsync(test, 10, 12);
        await test.CompleteAsync();
        await test.ReplaysAsync();
    }

    // Releases of the first run stand, so the second one with other people on other pages at the same times decides the same rates. Without
    // them it decides others.
    [Fact]
    public async Task Rates_are_a_function_of_released_values_and_of_no_row()
    {
        var first = new RuntimeFixture();
        await RunAsync(first, resume: true, other: false);
        var rates = await RatesAsync(first);
        await RunAsync(first, resume: false, other: true);
        Assert.Equal(rates, await RatesAsync(first));
        var fresh = new RuntimeFixture();
        await RunAsync(fresh, resume: true, other: true);
        Assert.NotEqual(rates, await RatesAsync(fresh));
    }

    [Fact]
    public async Task A_state_that_was_lost_releases_no_more_of_the_period_since_its_sample_may_have_been_another()
    {
        var fixture = new RuntimeFixture();
        var first = await RunAsync(fixture, resume: true, other: false, windows: 2, minutes: 6);
        var second = await RunAsync(fixture, resume: false, other: false, windows: 2, minutes: 8);
        Assert.Equal((6, 0), (first.Released, first.Withheld.Count));
        Assert.Equal((0, 6, 2), (second.Released, second.Replayed, second.Withheld.Count));
        Assert.All(second.Withheld, withheld => Assert.Equal(RefusalCode.BoundsUnknown, withheld.Refusal.Code));
        Assert.Contains("rates that follow releases", second.Withheld[0].Refusal.Message, StringComparison.Ordinal);
    }

    // With next to no noise, so that the order in which groups draw it is no matter.
    [Fact]
    public async Task Several_lanes_go_by_the_same_rates()
    {
        var (one, several) = (new RuntimeFixture(), new RuntimeFixture());
        var runs = new[] { await RunAsync(one, resume: true, other: false, epsilon: 20_000), await RunAsync(several, resume: true, other: false, lanes: 3, epsilon: 20_000) };
        Assert.All(runs, run => Assert.Equal((12, 0), (run.Released, run.Withheld.Count)));
        Assert.Equal(await RatesAsync(one, 20_000), await RatesAsync(several, 20_000));
        Assert.Equal(one.Truth, several.Truth);
    }

    // Batches of 2.7 windows: the first ones hold the first windows, whose rates decide about the next ones.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, int.MaxValue)]
    [InlineData(1, 1)]
    [InlineData(1, int.MaxValue)]
    [InlineData(3, int.MaxValue)]
    public async Task A_batch_that_others_overtake_changes_no_rate(int batch, int by)
    {
        var (calm, overtaken) = (new RuntimeFixture(), new RuntimeFixture { Lanes = OvertakenLanes.Of(batch, by) });
        await RunAsync(calm, resume: true, other: false, epsilon: 20_000);
        await RunAsync(overtaken, resume: true, other: false, epsilon: 20_000);
        Assert.Equal(calm.Truth, overtaken.Truth);
        Assert.Equal(await RatesAsync(calm, 20_000), await RatesAsync(overtaken, 20_000));
    }

    // Of stamps in disorder, the earliest ones may come in a later batch: before it, nothing is decided that they could change.
    [Theory]
    [InlineData(977)]
    [InlineData(64)]
    public async Task Stamps_in_as_much_disorder_as_is_allowed_give_the_same_windows_however_batches_are_cut(int batch)
    {
        await using var whole = Test(lateness: Disorder);
        await using var cut = Test(lateness: Disorder, batch: batch);
        foreach (var test in new[] { whole, cut })
        {
            // Those of the third minute stand first.
            await test.FeedLinesAsync(Lines(2).Concat(Lines(0)).Concat(Lines(1)).Concat(Enumerable.Range(3, 7).SelectMany(Lines)));
            await test.CompleteAsync();
        }

        Assert.Equal(Values(whole), Values(cut));
        Assert.Contains(Kept(cut, "/busy"), kept => kept is > 0 and < 200);
    }

    private static async Task CrashAsync(PipelineTest test, CrashPoint? point)
    {
        if (point is { } at)
        {
            test.CrashAtNextFiring(at);
        }
        else
        {
            await test.CrashAndRestartAsync();
        }
    }

    private static int Truth(string site, int minute) => site == "/quiet" ? Quiet : minute < 5 ? 80 : 2000;

    private static int Minute(Release release) => (int)((release.Id.Window.StartMs - Start) / 60_000);

    private static IEnumerable<int> Kept(PipelineTest test, string site) => test.Fired.OrderBy(fired => fired.Id.Window.StartMs)
        .Select(fired => (int)(fired.Totals.TryGetValue(site, out var total) ? total.Subjects : 0));

    private static List<string> Values(PipelineTest test) =>
        [.. test.Fired.OrderBy(fired => fired.Id.Window.StartMs).Select(fired => $"{fired.Id.Window} {string.Join(' ', fired.Values.Select(value => $"{value.Key[0]}={value.Value}"))}")];

    private static async Task FeedAsync(PipelineTest test, int fromMinute, int toMinute)
    {
        for (var minute = fromMinute; minute < toMinute; minute++)
        {
            await test.FeedLinesAsync(Lines(minute));
        }
    }

    private static IEnumerable<string> Lines(int minute)
    {
        var rows = Truth("/busy", minute);
        var each = 60_000 / (rows + Quiet);
        return Enumerable.Range(0, rows + Quiet).Select(i => Line(Start + (minute * 60_000L) + (i * each), $"u{minute % 3}-{i}", i < Quiet ? "/quiet" : "/busy"));
    }

    private static string Line(long time, string user, string page) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"time":{{time}},"user":"{{user}}","page":"{{page}}","bytes":1}""");

    private static PipelineTest Test(double epsilon = 20_000, int windows = 1440, int batch = 4096, TimeSpan lateness = default) =>
        PipelineTest.Of(Graph(RuntimeFixture.Lines, epsilon, windows).WithSettings(Settings(resume: true, lanes: 1) with { AllowedLateness = lateness }), new PipelineTestOptions { BatchRows = batch });

    private static RunnableGraph<Task<RunSummary>> Graph(Source<RawLines, NotUsed> lines, double epsilon, int windows) => lines
        .ParseJsonLines(Graphs.Map())
        .Tokenize()
        .AdaptiveSample(new AdaptiveSampleOperator("user", "traffic", Target, floor: 0.02) { Key = "page" })
        .Bound(Graphs.Bound(windows: windows, groupBy: ["page"], known: [["/busy"], ["/quiet"]]))
        .TumblingWindow(TimeSpan.FromMinutes(1))
        .Count("traffic")
        .LaplaceNoise(epsilon)
        .ToMaterialized(Sink.Store(), Keep.Right);

    private static PipelineSettings Settings(bool resume, int lanes) => Graphs.Settings with
    {
        AllowedLateness = TimeSpan.Zero,
        Resume = resume,
        Lanes = lanes,
        Account = new AccountPolicy { Account = "a/b", Measure = PrivacyMeasure.Pure, BudgetPerPeriod = PrivacyCost.Pure(1e6) },
    };

    // 1,500 rows a minute, so that windows fire one or two at a time, batch by batch.
    private static Task<RunSummary> RunAsync(RuntimeFixture fixture, bool resume, bool other, int windows = 1440, int minutes = 12, int lanes = 1, double epsilon = 20)
    {
        var lines = string.Concat(Enumerable.Range(0, minutes * 1500).Select(i =>
            Line(Start + (i * 40L), other ? $"v{i % 977}" : $"u{i % 1200}", i % (other ? 3 : 40) == 0 ? "/quiet" : "/busy") + "\n"));
        return Graph(Source.FromLines(() => new MemoryLineSource("m", Encoding.UTF8.GetBytes(lines))), epsilon, windows).WithSettings(Settings(resume, lanes)).Run(fixture.Runtime);
    }

    private static async Task<string> RatesAsync(RuntimeFixture fixture, double epsilon = 20)
    {
        var hash = PipelinePlanner.Plan(Graph(RuntimeFixture.Lines, epsilon, 1440).WithSettings(Settings(resume: true, lanes: 1)).Graph).Hash;
        var state = await fixture.Store.TransactAsync(transaction => transaction.GetAsync("checkpoint-states", $"site|{hash}|followed/adaptive-sample"));
        Assert.InRange(state!.Length, 100, 1000);
        return Convert.ToHexString(state);
    }
}
