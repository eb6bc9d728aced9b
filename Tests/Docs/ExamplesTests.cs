using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Docs.Examples;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>Runs the examples of the guide and compares what they publish with what is true, up to noise that occurs less
/// often than once in 10^13 runs: 30 scales.</summary>
public sealed class ExamplesTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task The_first_pipeline_publishes_views_per_page_and_hour()
    {
        // Seven views of a page by each user, of which three count, and a page that is not a known key.
        var lines = Visits.Lines(400, ("10:05", "/", 7), ("10:10", "/prices", 1), ("10:20", "/else", 1), ("12:00", "/", 1));

        var summary = await FirstPipeline.RunAsync(Runtime(), FirstPipeline.Map(), FirstPipeline.Settings(), lines);
        var releases = await FirstPipeline.ReadAsync(_store);

        Assert.Equal(3, summary.Released);
        Assert.Equal(4000, summary.RowsRead);
        Assert.Equal(["10", "11", "12"], releases.Select(release => release.Id.Window.Start.ToString("HH")));
        Assert.All(releases, release => Assert.Equal(["/", "/prices"], release.Groups.Select(group => group.Key[0])));
        Near(1200, releases[0].Groups[0], scale: 6);
        Near(400, releases[0].Groups[1], scale: 6);
        Near(0, releases[1].Groups[0], scale: 6);
        Assert.Equal(1.0, releases[2].Receipt.SpentInPeriod.Epsilon);
        await AssertReplaysAsync(lines, releases);
    }

    [Fact]
    public async Task Queries_on_branches_have_bounds_of_their_own()
    {
        var lines = Visits.Lines(300, ("10:05", "/", 2), ("11:05", "/prices", 1));

        var summary = await SeveralQueries.OnBranches(Visits.Rows(lines), FirstPipeline.Settings()).Run(Runtime());
        var releases = await FirstPipeline.ReadAsync(_store);

        Assert.Empty(summary.Withheld);
        var visitors = releases.Where(release => release.Id.Query == "visitors-per-hour").ToList();
        Near(300, Assert.Single(visitors[0].Groups), scale: 2);
        Near(0, Assert.Single(visitors[1].Groups), scale: 2);
        var pages = Assert.Single(releases, release => release.Id.Query == "hits-per-page");
        Near(300, new ReleasedGroup([], pages.Groups.Sum(group => group.Value), 0, 0), scale: 2);
        Assert.Equal(2.5, releases.Max(release => release.Receipt.SpentInPeriod.Epsilon));
    }

    [Fact]
    public async Task Queries_on_shared_bounds_are_one_composition_group()
    {
        var lines = Visits.Lines(200, ("10:05", "/", 5), ("11:05", "/", 1), ("12:05", "/", 1));

        await SeveralQueries.OnSharedBounds(Visits.Rows(lines), FirstPipeline.Settings()).Run(Runtime());
        var releases = await FirstPipeline.ReadAsync(_store);

        Assert.Equal(6, releases.Count);
        Assert.Single(releases.Select(release => release.Receipt.CompositionGroup).Distinct());
        Near(600, Assert.Single(Find(releases, "views-per-hour", 10).Groups), scale: 6);
        Near(0, Assert.Single(Find(releases, "views-per-hour", 12).Groups), scale: 6);
        Near(200 * 3500, Assert.Single(Find(releases, "bytes-per-hour", 10).Groups), scale: 20_000);
        Assert.Equal(2.0, releases.Max(release => release.Receipt.SpentInPeriod.Epsilon));
    }

    [Fact]
    public async Task The_kill_switch_ends_an_input_that_never_ends()
    {
        // The line that is none tells when reading has begun.
        var lines = Visits.Lines(10, ("10:05", "/", 1)).ToArray().Concat("not a visit\n"u8.ToArray()).ToArray();
        var endless = new MemoryLineSource("visits", lines, repeat: int.MaxValue);
        var reading = new TaskCompletionSource();
        var runtime = new EmbeddedRuntime(new EmbeddedRuntimeOptions
        {
            Store = _store,
            Ledger = new BudgetLedger(TimeProvider.System),
            Outbox = new OutboxReader(),
            Keys = new InMemoryKeyRing(),
            DeadLetterListener = _ => reading.TrySetResult(),
        });

        var summary = await StoppingFromOutside.RunAsync(runtime, () => endless, FirstPipeline.Map(), FirstPipeline.Settings(), reading.Task);

        Assert.True(summary.Interrupted);
        Assert.Equal(0, summary.Released);
    }

    [Fact]
    public async Task An_operator_of_ones_own_filters_rows()
    {
        var rows = RowsOfOnesOwn.DuringTheDay(Visits.Rows(Visits.Lines(500, ("07:59", "/", 1), ("08:00", "/", 1), ("17:59", "/", 1), ("18:00", "/", 1))));
        await CountRows(rows, rowsPerGroup: 4).Run(Runtime());

        Near(1000, Assert.Single(Assert.Single(await FirstPipeline.ReadAsync(_store)).Groups), scale: 4);
    }

    [Fact]
    public void An_operator_of_ones_own_reports_its_mistakes()
    {
        var graph = CountRows(Visits.Rows(Visits.Lines(1)).Map(new OpeningHours(9, 9)), rowsPerGroup: 1);

        var errors = Assert.Throws<PlanException>(() => Runtime().Materialize(graph.Graph)).Errors;

        Assert.Contains("hours are 0 <= from < to <= 24", Assert.Single(errors).ToString());
    }

    [Fact]
    public async Task Lambdas_make_columns_and_a_sink_of_ones_own_publishes()
    {
        var lines = Visits.Lines(350, ("09:00", "/blog/first", 3), ("09:30", "/blog", 1), ("10:00", "/prices/logo.png", 1), ("10:00", "/", 1));
        var sink = new LatestValues();

        await RowsOfOnesOwn.SectionCounts(RowsOfOnesOwn.Sections(Visits.Rows(lines)), sink, FirstPipeline.Settings()).Run(Runtime());

        var release = Assert.Single(sink.Releases);
        Near(350, release.Groups[0], scale: 2);
        Near(0, release.Groups[1], scale: 2);
    }

    private static RunnableGraph<Task<RunSummary>> CountRows(Source<TokenizedRows, NotUsed> rows, int rowsPerGroup) => rows
        .Bound(new Bound { Subject = "user", Bounds = new() { RowsPerGroup = rowsPerGroup } })
        .TumblingWindow(TimeSpan.FromDays(1))
        .Count("rows")
        .LaplaceNoise(1)
        .ToMaterialized(Sink.Store(), Keep.Right)
        .WithSettings(FirstPipeline.Settings());

    private static Release Find(IReadOnlyList<Release> releases, string query, int hour) =>
        Assert.Single(releases, release => release.Id.Query == query && release.Id.Window.Start.Hour == hour);

    private static void Near(decimal truth, ReleasedGroup group, decimal scale) =>
        Assert.InRange(group.Value, truth - (30 * scale), truth + (30 * scale));

    private EmbeddedRuntime Runtime() => FirstPipeline.Runtime(_store, new InMemoryKeyRing());

    private async Task AssertReplaysAsync(ReadOnlyMemory<byte> lines, IReadOnlyList<Release> before)
    {
        var again = await FirstPipeline.RunAsync(
            Runtime(), FirstPipeline.Map(), FirstPipeline.Settings() with { Resume = false }, lines);
        Assert.Equal((0, 3), (again.Released, again.Replayed));
        var after = await FirstPipeline.ReadAsync(_store);
        Assert.Equal(before.SelectMany(release => release.Groups.Select(group => group.Value)), after.SelectMany(release => release.Groups.Select(group => group.Value)));
    }
}
