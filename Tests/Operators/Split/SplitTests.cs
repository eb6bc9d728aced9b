using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Split;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Engine.Planning;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Split;

public sealed class SplitTests
{
    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("page", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("ms", ColumnType.Int64, FieldClass.Measure))
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("mail", ColumnType.Text, FieldClass.DirectIdentifier) { IsRaw = true });

    private static readonly BranchCondition[] Conditions =
    [
        new() { Field = "ms", In = ["7", "8"], AtLeast = 8 },
        new() { Field = "page", In = ["/a", "/é"] },
        new() { Field = "ms", AtMost = 3 },
        new() { Field = "page" },
        new(),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_row_goes_to_the_first_branch_that_takes_it(int seed)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(0, 700).Select(_ => (
            Page: random.Next(4) switch { 0 => "/a", 1 => "/é", 2 => "/b", _ => null },
            Ms: random.Next(6) == 0 ? Int64Column.Missing : random.Next(10))).ToArray();
        var gone = Enumerable.Range(0, 700).Where(_ => random.Next(9) == 0).ToArray();
        for (var branch = 0; branch < Conditions.Length; branch++)
        {
            using var harness = new StageHarness(Schema, new BranchOperator("b", Conditions[branch], Conditions[..branch]));
            using var batch = harness.Run(Rows(harness, rows).Without(gone));
            var expected = rows.Index().Where(pair => !gone.Contains(pair.Index) && First(pair.Item.Page, pair.Item.Ms) == branch).Select(pair => pair.Index);
            Assert.Equal(expected, batch.ReadSelected());
        }
    }

    [Fact]
    public void Lambdas_split_alike_and_each_branch_has_its_own_queries()
    {
        var rows = Source.FromLines(() => throw new InvalidOperationException()).ParseJsonLines(Graphs.Map()).Tokenize();
        var graph = rows.Split(split => split
                .When("front", row => row.GetText("page").SequenceEqual("/"u8), Query("front"))
                .When("prices", row => row.GetText("page").StartsWith("/p"u8), Query("prices"))
                .Otherwise("rest", Query("others")))
            .To(Sink.Ignore()).WithSettings(Graphs.Settings).Graph;
        var plan = PipelinePlanner.Plan(graph);
        Assert.Equal(["front", "prices", "others"], plan.Branches.Select(branch => branch.Queries[0].Query.Name));
        string[] kept = [.. plan.Branches.Select(branch => Kept(branch.Rows[0].Plan))];
        Assert.Equal(["0", "1 2", "3 4"], kept);
        Assert.Equal(3, plan.Branches.Select(branch => branch.Rows[0].Plan.Description).Distinct().Count());
    }

    [Fact]
    public void A_branch_knows_those_before_it_and_no_other_in_its_plan_hash()
    {
        string Text(int branch, params BranchCondition[] conditions) => new BranchOperator("b", conditions[branch], conditions[..branch]).Plan(Schema, new PlanErrors())!.Description;
        Assert.Equal(Text(0, Conditions[0], Conditions[1]), Text(0, Conditions[0], Conditions[2]));
        Assert.NotEqual(Text(1, Conditions[0], Conditions[1]), Text(1, Conditions[2], Conditions[1]));
    }

    [Fact]
    public void Mistakes_are_named()
    {
        void Says(string message, BranchCondition condition) =>
            Assert.Contains(message, Assert.Single(StageHarness.ErrorsOf(new BranchOperator("b", condition, []), Schema)).Message, StringComparison.Ordinal);
        Says("no field 'x'", new BranchCondition { Field = "x" });
        Says("of type Token", new BranchCondition { Field = "user" });
        Says("in the clear", new BranchCondition { Field = "mail" });
        Says("compare numbers", new BranchCondition { Field = "page", AtLeast = 1 });
        Says("so is each value", new BranchCondition { Field = "ms", In = ["much"] });
        Assert.Throws<ArgumentException>(() => Twice("a", "a", false));
        Assert.Throws<ArgumentException>(() => Twice("a", "b", true));
    }

    private static void Twice(string first, string second, bool otherwise) => Source.FromLines(() => throw new InvalidOperationException()).ParseJsonLines(Graphs.Map()).Tokenize()
        .Split(split => (otherwise ? split.Otherwise(first, Query("q")) : split.When(first, _ => true, Query("q"))).When(second, _ => true, Query("r")));

    private static Sink<TokenizedRows, Task<AkkaPrivacy.Engine.Runtime.RunSummary>> Query(string name) => Flow.Of<TokenizedRows>()
        .Bound(Graphs.Bound()).TumblingWindow(TimeSpan.FromHours(1)).Count(name).LaplaceNoise(1).To(Sink.Store());

    private static string Kept(RowPlan plan)
    {
        var stage = plan.Create();
        var pool = new BatchPool();
        stage.Start(new AkkaPrivacy.Engine.Stages.StageContext
        {
            Name = "x",
            Time = new StoppedClock(),
            Randomness = new SeededRandomSource(1),
            Keys = new InMemoryKeyRing(),
            Pool = pool,
            DeadLetters = new AkkaPrivacy.Engine.Stages.DeadLetters(),
            Metrics = new AkkaPrivacy.Engine.Stages.StageMetrics(),
        });
        var batch = pool.RentBatch();
        batch.SelectAll(5);
        var column = batch.Pool.RentText();
        foreach (var (row, text) in new[] { "/", "/prices", "/p", "/x", "" }.Index())
        {
            column.Spans[row] = column.Arena.Append(Encoding.UTF8.GetBytes(text));
        }

        batch.Set(plan.Output.IndexOf("page"), column);
        var outlet = new Last();
        stage.OnBatch(batch, outlet);
        return string.Join(' ', outlet.Batch!.ReadSelected());
    }

    private static int First(string? page, long ms)
    {
        var number = ms != Int64Column.Missing;
        return number && ms == 8 ? 0 : page is "/a" or "/é" ? 1 : number && ms <= 3 ? 2 : page is not null ? 3 : 4;
    }

    private static EventBatch Rows(StageHarness harness, (string? Page, long Ms)[] rows) => harness.NewBatch(rows.Length)
        .WithText(Schema, "page", [.. rows.Select(row => row.Page)]).WithInt64(Schema, "ms", [.. rows.Select(row => row.Ms)]);

    private sealed class Last : AkkaPrivacy.Engine.Stages.IOutlet<EventBatch>
    {
        public EventBatch? Batch { get; private set; }

        public void Push(EventBatch element) => Batch = element;
    }
}
