using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Enrich;
using AkkaPrivacy.Operators.Join;
using AkkaPrivacy.Tests.Operators.Enrich;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Join;

public sealed class JoinTests
{
    private static readonly RowSchema Schema = EnrichTests.Schema;
    private static readonly DateTimeOffset Now = new StoppedClock().GetUtcNow();

    [Fact]
    public void A_row_gets_the_version_that_held_at_its_event_time()
    {
        using var harness = new StageHarness(Schema, Of("site,since,plan\na,1970-01-01T00:00:02Z,pro\nb,1970-01-01,basic\na,1970-01-01T00:00:01Z,free"));
        using var batch = harness.Run(EnrichTests.Rows(harness, "a", "a", "a", "a", "b", "c").WithInt64(Schema, "$time", 999, 1000, 1999, 2000, 5, 5));
        Assert.Equal([TestColumns.Missing, "free", "free", "pro", "basic", TestColumns.Missing], batch.ReadTexts(harness.Output, "plan"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_versions_agree_with_a_list(int seed)
    {
        var random = new Random(seed);
        var versions = Enumerable.Range(0, 400).Select(i => (Key: $"k{random.Next(30)}", From: random.Next(1000), Value: $"v{i}")).DistinctBy(v => (v.Key, v.From)).ToArray();
        using var harness = new StageHarness(Schema, Of("site,since,plan\n" + string.Join('\n', versions.Select(v => Line(v.Key, v.From, v.Value)))));
        var rows = Enumerable.Range(0, 3000).Select(_ => (Key: $"k{random.Next(35)}", Time: (long)random.Next(-10, 1010))).ToArray();
        using var batch = harness.Run(EnrichTests.Rows(harness, [.. rows.Select(row => row.Key)]).WithInt64(Schema, "$time", [.. rows.Select(row => row.Time)]));
        Assert.Equal(
            rows.Select(row => versions.Where(v => v.Key == row.Key && v.From <= row.Time).OrderBy(v => v.From).Select(v => v.Value).LastOrDefault(TestColumns.Missing)),
            batch.ReadTexts(harness.Output, "plan"));
    }

    [Fact]
    public void Two_versions_at_one_time_and_wrong_instants_are_mistakes_with_lines()
    {
        var twice = Assert.Single(StageHarness.ErrorsOf(Of("site,since,plan\na,2026-01-01,x\na,2026-01-02,x\na,2026-01-01,y"), Schema)).Message;
        Assert.Contains(":4): the key is that of line 2, and so is the time", twice, StringComparison.Ordinal);
        Assert.Contains(":2): 'since' is no instant", Assert.Single(StageHarness.ErrorsOf(Of("site,since,plan\na,soon,x"), Schema)).Message, StringComparison.Ordinal);
        Assert.Contains(StageHarness.ErrorsOf(With(Of("site,since,plan\n"), lead: TimeSpan.FromDays(-1)), Schema), error => error.Message.Contains("the lead from 0", StringComparison.Ordinal));
    }

    [Fact]
    public void A_version_that_begins_later_is_taken_up_when_the_file_changes()
    {
        var file = new ChangingFile("site,since,plan\na,2000-01-01,old");
        using var harness = new StageHarness(Schema, file.Join());
        var soon = Now + TimeSpan.FromMinutes(20);
        Assert.Equal("old", file.PlanAt(harness, soon));
        file.Text = $"site,since,plan\n{Line("a", soon.ToUnixTimeMilliseconds(), "new")}\na,2000-01-01,old";
        Assert.Equal("old", file.PlanAt(harness, soon));
        harness.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(("old", "new"), (file.PlanAt(harness, Now), file.PlanAt(harness, soon)));
    }

    [Theory]
    [InlineData("site,since,plan\na,2000-01-01,other")]
    [InlineData("site,since,plan")]
    [InlineData("site,since,plan\na,2000-01-01,old\nb,2001-01-01,x")]
    public void A_change_of_what_holds_already_ends_the_run(string changed)
    {
        var file = new ChangingFile("site,since,plan\na,2000-01-01,old");
        using var harness = new StageHarness(Schema, file.Join());
        file.Text = changed;
        Assert.Contains("has changed at versions that hold already", Assert.Throws<PipelineException>(() => file.PlanAt(harness, Now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_file_with_mistakes_ends_the_run_with_its_lines()
    {
        var file = new ChangingFile("site,since,plan\na,2000-01-01,old");
        using var harness = new StageHarness(Schema, file.Join());
        file.Text = "site,since,plan\na,2000-01-01";
        Assert.Contains("(sites.csv:2): there are 2 values", Assert.Throws<PipelineException>(() => file.PlanAt(harness, Now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_content_is_not_in_the_plan_hash()
    {
        string Text(string content) => Of("site,since,plan\n" + content).Plan(Schema, new PlanErrors())!.Description;
        Assert.Equal(Text("a,2000-01-01,x"), Text("a,2000-01-01,y"));
    }

    private static string Line(string key, long from, string value) =>
        $"{key},{DateTimeOffset.FromUnixTimeMilliseconds(from).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)},{value}";

    private static JoinOperator Of(string text) => new("site", Table(() => text), "since");

    private static JoinOperator With(JoinOperator join, TimeSpan lead) => new(join.Field, join.Table, join.ValidFrom) { Lead = lead };

    private static LookupTableOptions Table(Func<string> text) => EnrichTests.Table("") with
    {
        Open = () => new MemoryStream(Encoding.UTF8.GetBytes(text())),
        Columns = [new FieldDefinition { Name = "plan", Type = FieldType.Text, Class = FieldClass.Attribute }],
    };

    private sealed class ChangingFile(string text)
    {
        public string Text { get; set; } = text;

        public JoinOperator Join() => new JoinOperator("site", Table(() => Text), "since") { Stamp = () => Text };

        public string PlanAt(StageHarness harness, DateTimeOffset time)
        {
            using var rows = EnrichTests.Rows(harness, "a").WithInt64(Schema, "$time", time.ToUnixTimeMilliseconds());
            var batch = harness.Run(rows);
            return batch.ReadTexts(harness.Output, "plan")[0];
        }
    }
}
