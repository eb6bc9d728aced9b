using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Tests.Engine.Planning;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Sample;

public sealed class AdaptiveSamplePlanTests
{
    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("site", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("secret", ColumnType.Text, FieldClass.DirectIdentifier) { IsRaw = true })
        .Add(new ColumnDefinition("weighed", ColumnType.Int64, FieldClass.Measure));

    public static TheoryData<string, AdaptiveSampleOperator> Mistakes => new()
    {
        { "target 0 is out of range; it must be above 0 and at most 10^12", new("user", "n", 0, 0.1) },
        { "target NaN is out of range", new("user", "n", double.NaN, 0.1) },
        { "target 10000000000000 is out of range", new("user", "n", 1e13, 0.1) },
        { "floor 0 is out of range; it must be from 10^-6 to 1", new("user", "n", 10, 0) },
        { "floor 1.5 is out of range", new("user", "n", 10, 1.5) },
        { "initial 0.05 is out of range; it must be from the floor (0.1) to 1", new("user", "n", 10, 0.1) { Initial = 0.05 } },
        { "smoothing 0 is out of range; it must be from 0.01 to 1", new("user", "n", 10, 0.1) { Smoothing = 0 } },
        { "per 00:00:00 is out of range; it must be from 1 millisecond to 366 days", new("user", "n", 10, 0.1) { Per = TimeSpan.Zero } },
        { "lead -00:00:01 is out of range; it must be from 0 to 366 days", new("user", "n", 10, 0.1) { Lead = TimeSpan.FromSeconds(-1) } },
        { "there is no field 'nobody' to sample by; there are 'user', 'site'", new("nobody", "n", 10, 0.1) },
        { "field 'site' is of type Text; sampling goes by a token", new("site", "n", 10, 0.1) },
        { "there is no field 'shop' to tell rates apart by", new("user", "n", 10, 0.1) { Key = "shop" } },
        { "field 'user' is of type Token; a key is a text or a whole number", new("user", "n", 10, 0.1) { Key = "user" } },
        { "field 'secret' is an identifier in the clear", new("user", "n", 10, 0.1) { Key = "secret" } },
        { "there is a field 'weighed' already", new("user", "n", 10, 0.1) { Weight = "weighed" } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_are_named_with_their_ranges(string message, AdaptiveSampleOperator sample) =>
        Assert.Contains(StageHarness.ErrorsOf(sample, Schema), error => error.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void All_mistakes_are_reported_at_once() =>
        Assert.Equal(7, StageHarness.ErrorsOf(new AdaptiveSampleOperator("nobody", "n", 0, 0) { Key = "shop", Smoothing = 2, Weight = "weighed" }, Schema).Count);

    // The floor alone decides, whatever the rates will be: noise of a window must not depend on what came before it.
    [Fact]
    public void The_floor_multiplies_the_sensitivity_and_the_cost_is_that_of_the_same_query_on_all_rows()
    {
        var plan = PipelinePlanner.Plan(Graph(Sample()));
        var query = plan.Branches[0].Queries[0].Query;
        Assert.Equal((3 * 20L, 2 * 3 * 20L, 20L, "count(weight=sample-weight)"), (query.PerGroup, query.Sensitivity, query.LargestWeight, query.AggregateText));
        Assert.Equal(PrivacyCost.Pure(0.5), query.Charge);
        Assert.Equal(PipelinePlanner.Plan(Graph()).Branches[0].PeriodCost, plan.Branches[0].PeriodCost);
        Assert.Equal(20 * Scale(PipelinePlanner.Plan(Graph())), Scale(plan), 1e-3 * Scale(plan));
        Assert.Equal(("adaptive-sample", "n"), (plan.Followers[0].Stage, plan.Followers[0].Query));
    }

    public static TheoryData<string, GraphNode[]> Refusals => new()
    {
        { "there is no query 'm' to follow; there are 'n'", [Sample("m"), .. Query()] },
        { "only counts add them up", [Sample(), .. Query(aggregate: new AggregateNode("n", AggregateKind.DistinctSubjects))] },
        { "all of its groups", [Sample(), .. Query(aggregate: new AggregateNode("n", AggregateKind.Count) { Top = 1 })] },
        { "its windows must tumble", [Sample(), .. Query(window: new SlidingWindowNode(TimeSpan.FromHours(1), TimeSpan.FromMinutes(30)))] },
        { "is grouped by 'page'; it must be grouped by nothing, or the sample be given that key", [new AdaptiveSampleOperator("user", "n", 10, 0.05), .. Query()] },
        { "is grouped by nothing; it must be grouped by 'page' and nothing else", [Sample(), .. Query(groupBy: [])] },
        { "rates would hold 8786 windows after the one they follow", [new AdaptiveSampleOperator("user", "n", 10, 0.05) { Key = "page", Lead = TimeSpan.FromDays(366) }, .. Query()] },
        { "one weighted sample is enough", [Sample(), Sample(), .. Query()] },
        { "'sample' and 'adaptive-sample' sample by the same tokens", [new SampleOperator("user", 0.5), Sample(), .. Query()] },
        { "cannot be a running total: rows have weights", [Sample(), .. Query(aggregate: new AggregateNode("n", AggregateKind.Count) { RunningPeriod = TimeSpan.FromDays(1) })] },
        {
            "query 'n' does not stand behind stage 'm/adaptive-sample', which follows it",
            [Graphs.Branch(Query()), Sample(), .. Query(aggregate: new AggregateNode("m", AggregateKind.Count))]
        },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_followed_or_weighted_is_refused(string message, GraphNode[] nodes) =>
        Assert.Contains(Graphs.Errors(Graphs.Of(nodes)), error => error.Message.Contains(message, StringComparison.Ordinal));

    // Otherwise a row would be kept by the one wherever the other kept it, and count too often.
    [Fact]
    public void A_sample_of_all_subjects_beside_weights_is_none() =>
        Assert.Empty(Graphs.Errors(Graphs.Of([new SampleOperator("user", 1), Sample(), .. Query()])));

    [Fact]
    public void A_weighted_sample_behind_a_sample_is_refused_too() =>
        Assert.Contains(
            Graphs.Errors(new PipelineGraph(
                [
                    Graphs.Lines(),
                    new ParseJsonLines(Graphs.Map(new FieldDefinition { Name = "weight", Type = FieldType.Integer, Class = FieldClass.Measure })),
                    new TreatmentNode(),
                    new SampleOperator("user", 0.5),
                    new WeightedSampleOperator("user", "weight", 20),
                    .. Query(),
                ],
                Graphs.Settings)),
            error => error.Message.Contains("sample by the same tokens", StringComparison.Ordinal));

    [Fact]
    public void Every_option_is_part_of_the_plan_hash()
    {
        AdaptiveSampleOperator[] samples =
        [
            Sample(), new("user", "n", 11, 0.05) { Key = "page" }, new("user", "n", 10, 0.06) { Key = "page" }, Sample(initial: 0.5), Sample(smoothing: 0.4), Sample(lead: 11),
            new("user", "n", 10, 0.05) { Key = "page", Per = TimeSpan.FromSeconds(1) }, new("user", "n", 10, 0.05) { Key = "page", Weight = "w" },
        ];
        Assert.Equal(samples.Length, samples.Select(sample => PipelinePlanner.Plan(Graph(sample)).Hash).Distinct().Count());
    }

    private static double Scale(PipelinePlan plan) => plan.Branches[0].Queries[0].Query.Noise!.StandardDeviation;

    private static AdaptiveSampleOperator Sample(string follow = "n", double? initial = null, double smoothing = 0.5, int lead = 10) =>
        new("user", follow, 10, 0.05) { Key = "page", Initial = initial, Smoothing = smoothing, Lead = TimeSpan.FromSeconds(lead) };

    private static PipelineGraph Graph(params RowOperator[] rows) => Graphs.Of([.. rows, .. Query()]);

    private static GraphNode[] Query(string[]? groupBy = null, GraphNode? window = null, AggregateNode? aggregate = null) =>
    [
        groupBy is [] ? Graphs.Bound(rows: 3) : Graphs.Bound(groups: 2, rows: 3, groupBy: ["page"], known: [["/"], ["/a"]]),
        window ?? Graphs.Hour,
        aggregate ?? new AggregateNode("n", AggregateKind.Count),
        new LaplaceNoise(0.5),
        Graphs.Store,
    ];
}
