using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Operators.CustomStages;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Sessions;
using AkkaPrivacy.Operators.Throttle;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Tests.Engine.Runtime;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Planning.Graphs;
using RowMap = AkkaPrivacy.Operators.MapRows.Map;

namespace AkkaPrivacy.Tests.Engine.Planning;

public sealed class PipelinePlannerTests
{
    private static readonly LaplaceNoise Noise = new(0.5);

    public static TheoryData<string, Func<PipelineSettings, PipelineSettings>> Settled => new()
    {
        { "pipeline name", s => s with { Name = "a b" } },
        { "pipeline name", s => s with { Name = "site\n" } },
        { "from 0 to 7 days", s => s with { AllowedLateness = TimeSpan.FromDays(8) } },
        { "from 0 to 7 days", s => s with { AllowedSkew = TimeSpan.FromTicks(-1) } },
        { "from 1 to 64", s => s with { Lanes = 0 } },
        { "from 1 to 1024", s => s with { QueueCapacity = 1025 } },
        { "100 ms", s => s with { CheckpointInterval = TimeSpan.Zero } },
        { "above 0.5", s => s with { Confidence = double.NaN } },
        { "before 'to'", s => s with { TimeRange = new TimeWindow(5, 5) } },
        { "needs an account", s => s with { Account = null } },
        { "an account is", s => s with { Account = s.Account! with { Account = "a//b" } } },
        { "1 minute", s => s with { Account = s.Account! with { Period = TimeSpan.FromSeconds(1) } } },
        { "above 0", s => s with { Account = s.Account! with { BudgetPerPeriod = PrivacyCost.Zero(PrivacyMeasure.Pure) } } },
        { "account's measure", s => s with { Account = s.Account! with { Measure = PrivacyMeasure.Approximate } } },
        { "role 'arrival'", s => s with { Arrival = ArrivalMode.Field } },
    };

    public static TheoryData<string, PipelineGraph> Refused => new()
    {
        { "start with a source", new PipelineGraph([new TreatmentNode(), Store], Settings) },
        { "no sink", Of(Bound(), Hour, Users, Noise) },
        { "no query", Of(new IgnoreNode()) },
        { "un-noised", Of(Bound(), Hour, Users, Store) },
        { "un-noised", Of(Store) },
        { "the order is", Of(Hour, Bound(), Users, Noise, Store) },
        { "the order is", Of(Bound(), Hour, Users, Noise, Noise, Store) },
        { "behind a sink", Of(Bound(), Hour, Users, Noise, Store, Bound()) },
        { "never parsed", new PipelineGraph([Lines(), Bound(), Hour, Users, Noise, Store], Settings) },
        { "before they are parsed", new PipelineGraph([Lines(), new TreatmentNode(), Bound(), Hour, Users, Noise, Store], Settings) },
        { "not a field here", Query(Bound(subject: "who")) },
        { "must be tokenized", Query(Bound(subject: "page")) },
        { "is a token", Query(Bound(groupBy: ["user"], known: [["x"]])) },
        { "is a time", Query(Bound(groupBy: ["time"], known: [["x"]])) },
        { "not a field here", Query(Bound(groupBy: ["path"], known: [["x"]])) },
        { "keys of query 'users' are unknown", Query(Bound(groupBy: ["page"])) },
        { "are known", Query(Bound(groupBy: ["page"], known: [["/"]]), selection: new SelectKeys(0.5, 1e-6)) },
        { "a pure account cannot hold", Query(Bound(groupBy: ["page"]), selection: new SelectKeys(0.5, 1e-6)) },
        { "parts each", Query(Bound(groupBy: ["page"], known: [])) },
        { "parts each", Query(Bound(groupBy: ["page"], known: [["a", "b"]])) },
        { "listed twice", Query(Bound(groupBy: ["page"], known: [["a"], ["a"]])) },
        { "no field to group by", Query(Bound(known: [["a"]])) },
        { "divide it", Query(window: new TumblingWindowNode(TimeSpan.FromHours(7))) },
        { "divide it", Query(window: new TumblingWindowNode(TimeSpan.Zero)) },
        { "divide it", Query(window: new TumblingWindowNode(TimeSpan.FromDays(2))) },
        { "bounds.groups is 0", Query(Bound(groups: 0)) },
        { "bounds.rows-per-group is -1", Query(Bound(rows: -1)) },
        { "bounds.windows is 25; it must be from 1 to 24", Query(Bound(windows: 25)) },
        { "it must be 1", Query(Bound(groups: 2)) },
        { "needs a measure", Query(aggregate: Sum("page", 1)) },
        { "needs a measure", Query(aggregate: Sum(null, 1)) },
        { "clamp must hold 0", Query(aggregate: Sum("bytes", -1)) },
        { "clamp must hold 0", Query(aggregate: Sum("bytes", 0.009m)) },
        { "clamp must hold 0", Query(aggregate: Sum("bytes", decimal.MaxValue)) },
        { "clamp must hold 0", Query(aggregate: Sum("bytes", 5, lower: 1)) },
        { "epsilon of query 'users' is 0", Query(noise: new LaplaceNoise(0)) },
        { "NaN", Query(noise: new LaplaceNoise(double.NaN)) },
        { "1E-300", Query(noise: new LaplaceNoise(1e-300)) },
        { "query name", Query(aggregate: new AggregateNode("a|b", AggregateKind.Count)) },
        { "defined twice", Of(Branch(Bound(), Hour, Users, Noise, Store), Bound(), Hour, Users, Noise, Store) },
        { "one privacy unit", Of(new RenameOperator("page", "p"), Branch(Bound(), Hour, Users, Noise, Store), Branch(new RenameOperator("user", "u"), Bound("u"), Hour, new AggregateNode("more", AggregateKind.Count), Noise, Store), new IgnoreNode()) },
        { "under that name, before the first branch", Of(Branch(new RenameOperator("user", "u"), Bound("u"), Hour, Users, Noise, Store), Branch(new RenameOperator("user", "u"), Bound("u"), Hour, new AggregateNode("more", AggregateKind.Count), Noise, Store), new IgnoreNode()) },
        { "declares no stability", Of(new Spreading(default), Bound(), Hour, Users, Noise, Store) },
        { "behind the first branch", Of(Branch(new Spreading(Stability.AcrossSubjects(2)), Bound(), Hour, Users, Noise, Store), Branch(Bound(), Hour, new AggregateNode("more", AggregateKind.Count), Noise, Store), new IgnoreNode()) },
        { "give known keys", Of(new Spreading(Stability.AcrossSubjects(3)), Bound(groupBy: ["page"]), Hour, Users, new SelectKeys(1, 1e-6), Noise, Store) },
        { "give known keys", Of(new Spreading(Stability.AcrossSubjects(1)), Bound(groupBy: ["page"]), Hour, Users, new SelectKeys(1, 1e-6), Noise, Store) },
        { "remembers rows; rows go to lanes", Of(new DedupOperator("user", "page", TimeSpan.Zero), new Spreading(Stability.AcrossSubjects(1)), Bound(), Hour, Users, Noise, Store) },
        { "tells subjects apart by other tokens", Of(Household(), new DedupOperator("household", "page", TimeSpan.Zero), Bound(), Hour, Users, Noise, Store) },
        { "declare Stability.AcrossSubjects", Of(Household("user"), Bound(), Hour, Users, Noise, Store) },
        { "takes the weights 'weight'", Weighted(new DropOperator("weight"), Bound(), Hour, Users, Noise, Store) },
        { "takes the weights 'weight'", Weighted(RowMap.Int64("weight", _ => 1), Bound(), Hour, Users, Noise, Store) },
        { "a session of rows", Weighted(new SessionsOperator("user", TimeSpan.FromHours(1), TimeSpan.FromHours(1)) { First = ["weight"] }, Bound(), Hour, Users, Noise, Store) },
        { "rows have weights, and", Weighted(Bound(), Hour, new AggregateNode("n", AggregateKind.Count) { RunningPeriod = TimeSpan.FromDays(1) }, Noise, Store) },
        { "the source is throttled", Throttled(ArrivalMode.Ingest) },
        { "named 'same'", Of(Bound(), Hour, Users, Noise, new SinkNode(new NamedSink("same")), new SinkNode(new NamedSink("same"))) },
        { "sink's name", Of(Bound(), Hour, Users, Noise, new SinkNode(new NamedSink(""))) },
    };

    [Theory]
    [MemberData(nameof(Settled))]
    public void Settings_out_of_range_are_refused(string message, Func<PipelineSettings, PipelineSettings> change) =>
        Assert.Contains(Errors(Query() with { Settings = change(Settings) }), error => error.Message.Contains(message, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Refused))]
    public void Graphs_that_break_a_rule_are_refused(string message, PipelineGraph graph)
    {
        var errors = Errors(graph);
        Assert.True(errors.Any(error => error.Message.Contains(message, StringComparison.Ordinal)), string.Join('\n', errors));
    }

    [Fact]
    public void A_sound_graph_is_planned()
    {
        Assert.Empty(Errors(Query()));
        Assert.Empty(Errors(Of(Bound(), Hour, Users, Noise, new SinkNode(new NamedSink("a")), new SinkNode(new NamedSink("b")))));
        Assert.Equal(2, PipelinePlanner.Plan(Of(Bound(), Hour, Users, Noise, Branch(new SinkNode(new NamedSink("a"))), new SinkNode(new NamedSink("b")))).Branches[0].Queries[0].Sinks.Count);
    }

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        var graph = Of(
            Branch(Bound("who", groups: 3), new TumblingWindowNode(TimeSpan.FromHours(7)), Users, new LaplaceNoise(0), Store),
            Branch(new Spreading(default), Bound(), Hour, new AggregateNode("", AggregateKind.Count), new LaplaceNoise(-1), Store),
            new IgnoreNode()) with
        { Settings = Settings with { Name = "", Lanes = 65 } };
        string[] expected = ["pipeline name", "1 to 64", "subject 'who'", "divide it", "must be 1", "epsilon of query 'users' is 0", "declares no stability", "query name", "is -1"];
        var text = string.Join('\n', Assert.Throws<PlanException>(() => PipelinePlanner.Plan(graph)).Errors);
        Assert.All(expected, piece => Assert.Contains(piece, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Mistakes_of_the_data_map_do_not_hide_those_of_queries()
    {
        var map = Map(new FieldDefinition { Name = "ip", Type = FieldType.Text, Class = FieldClass.QuasiIdentifier });
        var text = string.Join('\n', Errors(new PipelineGraph([Lines(), new ParseJsonLines(map), new TreatmentNode(), Bound(), Hour, Users, new LaplaceNoise(0), Store], Settings)));
        Assert.Contains("needs a treatment", text, StringComparison.Ordinal);
        Assert.Contains("epsilon of query 'users' is 0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Identifiers_in_the_clear_are_no_groups()
    {
        var map = Map(new FieldDefinition { Name = "ip", Type = FieldType.Text, Class = FieldClass.QuasiIdentifier, Treatment = new TokenTreatment() });
        var graph = new PipelineGraph([Lines(), new ParseJsonLines(map), new TokenizeOperator("user", new TokenTreatment()), Bound(groupBy: ["ip"], known: [["1"]]), Hour, Users, Noise, Store], Settings);
        Assert.Contains(Errors(graph), error => error.Message.Contains("in the clear", StringComparison.Ordinal));
    }

    [Fact]
    public void Noise_grows_with_the_subjects_that_one_reaches_and_not_with_rows()
    {
        QueryPlan Plan(params Stability[] stages) => PipelinePlanner.Plan(
            Of([.. stages.Select(stability => new Spreading(stability)), Bound(rows: 5), Hour, new AggregateNode("n", AggregateKind.Count), Noise, Store])).Branches[0].Queries[0].Query;
        Assert.Equal(5, Plan(Stability.OneToOne).Sensitivity);
        Assert.Equal(5, Plan(Stability.OneToAtMost(9)).Sensitivity);
        Assert.Equal((2, 10L), (Plan(Stability.AcrossSubjects(1)).Stability, Plan(Stability.AcrossSubjects(1)).Sensitivity));
        var wide = Plan(Stability.AcrossSubjects(3), Stability.OneToAtMost(9), Stability.AcrossSubjects(2));
        Assert.Equal((12, 60L), (wide.Stability, wide.Sensitivity));
        Assert.Equal(12 * Plan(Stability.OneToOne).Noise!.StandardDeviation, wide.Noise!.StandardDeviation, 0.5);
    }

    [Fact]
    public void Branches_that_share_bounds_and_windows_keep_their_own_rows()
    {
        var bound = Bound();
        var plan = PipelinePlanner.Plan(Of(
            Branch(bound, Hour, Users, Noise, Store),
            Branch(new SampleOperator("user", 0.5), bound, Hour, new AggregateNode("some", AggregateKind.Count), Noise, Store),
            new IgnoreNode()));
        Assert.Equal(["users", "some"], plan.Branches.Select(branch => branch.Queries.Single().Query.Name));
        Assert.Equal([0, 1], plan.Branches.Select(branch => branch.Rows.Count));
        Assert.NotEqual(plan.Branches[0].Bounded.Group, plan.Branches[1].Bounded.Group);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ArrivalMode.EventTime)]
    public void A_throttle_and_stamps_that_do_not_wait_are_planned(ArrivalMode? arrival) => Assert.Empty(Errors(Throttled(arrival)));

    private static PipelineGraph Throttled(ArrivalMode? arrival) => Source.FromLines(() => Lines().Open())
        .Throttle(new ThrottleOptions { RowsPerSecond = 10 })
        .ParseJsonLines(Map())
        .Tokenize()
        .Via(RuntimeFixture.Query())
        .To(Sink.Store())
        .WithSettings(Settings with { Arrival = arrival })
        .Graph;

    private static PipelineGraph Weighted(params GraphNode[] nodes) => Of([RowMap.Int64("weight", _ => 1), new WeightedSampleOperator("user", "weight", 8), .. nodes]);

    private static CustomOperator Household(string column = "household") =>
        Custom.Batch("household", Stability.OneToOne, _ => { }, [new CustomColumn(column, ColumnType.Token)]);

    internal static AggregateNode Sum(string? field, decimal upper, decimal lower = 0) => new("users", AggregateKind.Sum) { Field = field, Upper = upper, Lower = lower };

    private sealed class Spreading(Stability stability) : RowOperator
    {
        public override string Kind => "spreading";

        public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => throw new InvalidOperationException(), "spreading", stability);
    }

    internal sealed class NamedSink(string name) : IReleaseSink
    {
        public string Name => name;

        public ValueTask PublishAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
