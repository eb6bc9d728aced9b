using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.TestKit;
using AkkaPrivacy.TestKit.Assertions;
using Xunit;

namespace AkkaPrivacy.Tests.TestKit;

/// <summary>Every assertion fails when it should, and says why.</summary>
public sealed class FailureTests
{
    private const string Ten = "2026-03-02T10:00Z";

    public static TheoryData<string, Action<PipelineTest>, string> Wrong => new()
    {
        { "value", test => Window(test).Has(4, "/"), "group '/': expected 4, but the bounded value before noise is 2." },
        { "value, row that counts", test => Window(test).Has(4, "/"), "rows 1-2: it counts" },
        { "value, bounded by rows", test => Window(test).Has(4, "/"), "row 3: its subject counts with other rows of the group (rows-per-group = 2)" },
        { "value, unknown key", test => Window(test).Has(4, "/"), "row 5: its group is not among the known keys" },
        { "value, late", test => Window(test).Has(4, "/"), "row 6: late: it arrived 00:24:00 after its event, allowed are 00:10:00" },
        { "value, malformed", test => Window(test).Has(4, "/"), "row 7: malformed" },
        { "value, missing", test => Window(test).Has(4, "/"), "row 8: missing field (field 'user')" },
        { "value, early", test => Window(test).Has(4, "/"), "row 9: early: it arrived 00:20:00 before its event, allowed are 00:05:00" },
        { "value of no group", test => Window(test).Has(1, "/else"), "is not there: its groups are '/', '/a', '/b'" },
        { "treatments", test => Window(test).Has(1, "/else"), "Fields dropped by their treatment: 'agent'" },
        { "groups", test => Window(test).HasGroups("/"), "expected the groups '/', but there are '/', '/a', '/b'" },
        { "published", test => Window(test).Publishes("/"), "expected to publish '/', but publishes '/', '/a', '/b'" },
        { "time of firing", test => Window(test).FiredAt("2026-03-02T11:10Z"), "expected to fire at 2026-03-02T11:10:00Z, but fired at 2026-01-01T00:00:00Z" },
        { "withheld", test => Window(test).IsWithheld(), "expected to be withheld, but it is released" },
        { "charge", test => Window(test).Charged(0.25), "expected a charge of 0.25, but it is" },
        { "window", test => test.Window("views", "2026-03-02T09:00Z"), "the window from 2026-03-02T09:00:00Z has not fired; fired are 2026-03-02T10:00:00Z/2026-03-02T11:00:00Z" },
        { "windows", test => test.Query("views").FiredExactly(Ten, "2026-03-02T11:00Z"), "Missing: 2026-03-02T11:00:00Z; not expected: none" },
        { "windows, more", test => test.Query("views").FiredExactly(), "Missing: none; not expected: 2026-03-02T10:00:00Z" },
        { "measured groups", test => test.Query("views").MostOfAnySubject(groups: 2), "to be 2 groups of a window, but measured are 1" },
        { "measured rows", test => test.Query("views").MostOfAnySubject(rowsPerGroup: 1), "to be 1 rows of a group, but measured are 2" },
        { "measured windows", test => test.Query("views").MostOfAnySubject(windows: 2), "to be 2 windows of a period, but measured are 1" },
        { "rows", test => test.Query("views").Rows(RowFate.Late, 2), "expected 2 rows of fate Late, but there are 1" },
        { "row", test => test.Query("views").Row(3, RowFate.Counts), "row 3: expected Counts, but BoundedByRows" },
        { "no row", test => test.Query("views").Row(30, RowFate.Counts), "there is no row 30; 9 rows were given" },
        { "spent", test => test.Costs.Spent(2), "expected 2 spent, but the period from 2026-03-02T00:00:00Z was charged" },
        { "left", test => test.Costs.Left(3), "expected 3 left, but the period" },
        { "charges", test => test.Costs.Spent(2), "'views' 2026-03-02T10:00:00Z/2026-03-02T11:00:00Z charged" },
        { "period", test => test.Costs.Spent(1, period: "2026-03-05T00:00Z"), "but charged periods are: the period from 2026-03-02" },
        { "untouched", test => test.Costs.IsUntouched(), "expected no charge" },
        { "dead letters", test => test.DeadLetters(DeadLetterReason.Malformed, 0), "Expected 0 dead letters of reason Malformed, but there are 1." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task An_assertion_fails_and_says_why(string name, Action<PipelineTest> wrong, string expected)
    {
        await using var test = await RunAsync();

        var failure = Assert.Throws<PipelineAssertionException>(() => wrong(test));

        Assert.True(failure.Message.Contains(expected, StringComparison.Ordinal), $"{name}: {failure.Message}");
        Assert.DoesNotContain("ann", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_withheld_window_is_not_taken_for_a_released_one()
    {
        await using var test = Pages.Test(Pages.Settings(epsilon: 0.5));
        await test.FeedAsync(Pages.At("10:01", "ann", "/"));
        await test.CompleteAsync();

        Assert.Contains("BudgetExceeded", Assert.Throws<PipelineAssertionException>(() => test.NothingIsWithheld()).Message, StringComparison.Ordinal);
        var withheld = test.Window("views", Ten);
        var other = test.Window("bytes", Ten);
        Assert.Throws<PipelineAssertionException>(() => (test.Releases[0].Id.Query == "views" ? other : withheld).IsWithheld(RefusalCode.StateLimit));
    }

    [Fact]
    public async Task Bounds_that_let_more_through_than_declared_are_seen()
    {
        await using var test = Pages.Test(bound: new Loose { Subject = "user", GroupBy = ["page"], KnownKeys = [["/"], ["/a"], ["/b"]], Bounds = new ContributionBounds { RowsPerGroup = 2 } });
        await test.FeedAsync(Pages.At("10:01", "ann", "/"), Pages.At("10:02", "ann", "/"), Pages.At("10:03", "ann", "/"));
        await test.CompleteAsync();

        Assert.Contains("a subject counts in 3 rows of a group, but 2 are declared", Assert.Throws<PipelineAssertionException>(() => test.Query("views").BoundsHold()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subjects_that_bear_on_each_other_are_seen()
    {
        await using var test = Pages.Test(bound: new Crowded { Subject = "user", GroupBy = ["page"], KnownKeys = [["/"], ["/a"], ["/b"]], Bounds = new ContributionBounds() });
        await test.FeedAsync(Pages.At("10:01", "ann", "/"), Pages.At("10:02", "bob", "/"), Pages.At("10:03", "cem", "/"));
        await test.CompleteAsync();

        Assert.Contains("group '/': the window holds 2 where its subjects, each by itself, make 3", Assert.Throws<PipelineAssertionException>(() => test.Query("views").BoundsHold()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_that_remembers_between_runs_does_not_replay()
    {
        await using var test = Pages.Test(stage: new Remembering());
        await test.FeedAsync(Pages.At("10:01", "ann", "/"), Pages.At("10:02", "bob", "/"));
        await test.CompleteAsync();

        var failure = await Assert.ThrowsAsync<PipelineAssertionException>(test.ReplaysAsync);
        Assert.Contains("a replay of the same steps has other bounded values", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_a_stage_leaves_out_names_the_stage()
    {
        await using var test = Pages.Test(stage: new Remembering { Below = 0 });
        await test.FeedAsync(Pages.At("10:01", "ann", "/"));
        await test.CompleteAsync();

        test.Query("views").Row(1, RowFate.LeftOut);
        Assert.Contains("left it out", Assert.Throws<PipelineAssertionException>(() => test.Window("views", Ten).Has(1, "/")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_that_make_no_sense_are_refused()
    {
        await using var test = await RunAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.FeedLinesAsync("{}"));
        Assert.Throws<ArgumentException>(() => test.Query("vews"));
        Assert.Throws<ArgumentException>(() => test.Window("views", "ten o'clock"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pages.Test(options: new PipelineTestOptions { BatchRows = 0 }));
        await using var columns = Pages.Test();
        await Assert.ThrowsAsync<ArgumentException>(() => columns.FeedColumnsAsync(["time", "user"], ["2026-03-02T10:00Z"]));
    }

    private static WindowAssertions Window(PipelineTest test) => test.Window("views", Ten);

    private static async Task<PipelineTest> RunAsync()
    {
        var test = Pages.Test();
        await test.FeedAsync(
            Pages.At("10:01", "ann", "/"), Pages.At("10:02", "ann", "/"), Pages.At("10:03", "ann", "/"),
            Pages.At("10:04", "bob", "/a"), Pages.At("10:05", "bob", "/else"), Pages.At("10:06", "cem", "/", arrival: "10:30"));
        await test.FeedLinesAsync("no json");
        await test.FeedAsync(Pages.At("10:32", "x", "/") with { User = null }, Pages.At("10:53", "dan", "/", arrival: "10:33"));
        await test.CompleteAsync();
        return test;
    }

    /// <summary>Bounds one row more than it says.</summary>
    private sealed class Loose : BoundNode
    {
        public override Stage<EventBatch, WindowAggregate> CreateStage(BoundedWindowPlan plan) =>
            new BoundedWindowStage(plan with { Bounds = plan.Bounds with { RowsPerGroup = plan.Bounds.RowsPerGroup + 1 } }, Subject);
    }

    /// <summary>Lets two rows of each batch through, whosever they are.</summary>
    private sealed class Crowded : BoundNode
    {
        public override Stage<EventBatch, WindowAggregate> CreateStage(BoundedWindowPlan plan) => new Stage(new BoundedWindowStage(plan, Subject));

        private sealed class Stage(Stage<EventBatch, WindowAggregate> inner) : Stage<EventBatch, WindowAggregate>
        {
            public override void Start(StageContext context) => inner.Start(context);

            public override void OnBatch(EventBatch element, IOutlet<WindowAggregate> outlet)
            {
                for (var row = 2; row < element.Count; row++)
                {
                    element.Deselect(row);
                }

                inner.OnBatch(element, outlet);
            }

            public override void OnFrontier(Frontier frontier, IOutlet<WindowAggregate> outlet) => inner.OnFrontier(frontier, outlet);

            public override void Snapshot(SnapshotWriter writer) => inner.Snapshot(writer);
        }
    }

    /// <summary>Drops all batches but the first, over all runs.</summary>
    private sealed class Remembering : RowOperator
    {
        private int _batches;

        public int Below { get; init; } = 1;

        public override string Kind => "remembering";

        public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new Stage(this), Kind, Stability.OneToOne);

        private sealed class Stage(Remembering node) : RowStage
        {
            protected override void Process(EventBatch batch)
            {
                if (node._batches++ >= node.Below)
                {
                    batch.Selection.Clear();
                }
            }
        }
    }
}
