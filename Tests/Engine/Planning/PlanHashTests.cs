using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Operators.Tokenize;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Planning.Graphs;

namespace AkkaPrivacy.Tests.Engine.Planning;

public sealed class PlanHashTests
{
    [Fact]
    public void What_gives_numbers_their_meaning_changes_the_hash()
    {
        var known = Bound(groupBy: ["page"], known: [["a"]]);
        PipelineGraph[] graphs =
        [
            Query(),
            With(s => s with { AllowedLateness = TimeSpan.FromMinutes(11) }),
            With(s => s with { AllowedSkew = TimeSpan.FromMinutes(6) }),
            With(s => s with { TimeRange = new TimeWindow(0, 1000) }),
            With(s => s with { Arrival = ArrivalMode.Ingest }),
            With(s => s with { Account = s.Account! with { Period = TimeSpan.FromDays(2) } }),
            Query(Bound(windows: 2)),
            Query(Bound(rows: 2)),
            Query(known),
            Query(Bound(groupBy: ["page"], known: [["b"]])),
            Query(Bound(groupBy: ["page"], known: [["a"], ["b"]])),
            Query(Bound(groupBy: ["page"], known: [["a"]], groups: 2)),
            Query(window: new TumblingWindowNode(TimeSpan.FromHours(2))),
            Query(aggregate: new AggregateNode("users", AggregateKind.Count)),
            Query(aggregate: PipelinePlannerTests.Sum("bytes", 1)),
            Query(aggregate: PipelinePlannerTests.Sum("bytes", 2)),
            Query(aggregate: PipelinePlannerTests.Sum("bytes", 2, lower: -1)),
            Query(noise: new LaplaceNoise(0.6)),
            Of(new SampleOperator("user", 0.5), Bound(), Hour, Users, new LaplaceNoise(0.5), Store),
            Mapped(new TokenTreatment("ads")),
            Mapped(new TokenTreatment(TokenTreatment.DefaultPurpose, TokenNormalisation.LowercaseAscii)),
        ];
        Assert.Equal(graphs.Length, graphs.Select(Hash).Distinct().Count());
    }

    [Fact]
    public void Lanes_queues_checkpoints_budget_paths_and_sinks_do_not()
    {
        var sinks = Of(Bound(), Hour, Users, new LaplaceNoise(0.5), new SinkNode(new PipelinePlannerTests.NamedSink("a")));
        Assert.All(
            [
                With(s => s with { Lanes = 4, QueueCapacity = 3, CheckpointInterval = TimeSpan.FromSeconds(1), Resume = false }),
                With(s => s with { Account = s.Account! with { BudgetPerPeriod = PrivacyCost.Pure(3) } }),
                sinks,
                Query() with { Nodes = Query().Nodes.SetItem(0, Lines("{}")) },
            ],
            graph => Assert.Equal(Hash(Query()), Hash(graph)));
    }

    [Fact]
    public void A_query_keeps_its_hash_when_others_come_and_go()
    {
        var alone = PipelinePlanner.Plan(Query());
        var both = PipelinePlanner.Plan(Of(
            Branch(Bound(), Hour, new AggregateNode("more", AggregateKind.Count), new LaplaceNoise(0.5), Store), Bound(), Hour, Users, new LaplaceNoise(0.5), Store));
        Assert.Equal(alone.Branches[0].Queries[0].Hash, both.Branches[1].Queries[0].Hash);
        Assert.NotEqual(alone.Hash, both.Hash);
    }

    [Fact]
    public void Queries_on_one_bound_and_window_share_state_and_composition_group()
    {
        var (bound, window) = (Bound(windows: 3), Hour);
        var plan = PipelinePlanner.Plan(Of(
            Branch(bound, window, new AggregateNode("a", AggregateKind.Count), new LaplaceNoise(0.5), Store),
            Branch(bound, window, new AggregateNode("b", AggregateKind.DistinctSubjects), new LaplaceNoise(0.25), Store),
            Branch(bound, new TumblingWindowNode(TimeSpan.FromHours(2)), new AggregateNode("c", AggregateKind.DistinctSubjects), new LaplaceNoise(0.25), Store),
            new IgnoreNode()));
        Assert.Equal([2, 1], plan.Branches.Select(branch => branch.Queries.Count));
        Assert.Equal(2, plan.Branches.Select(branch => branch.Bounded.Group).Distinct().Count());
        Assert.Equal(0.75, plan.Branches[0].WindowCost.Epsilon, 9);
        Assert.Equal(2.25, plan.Branches[0].PeriodCost.Epsilon, 9);
    }

    [Fact]
    public void Long_names_of_fields_leave_the_group_within_what_the_ledger_takes()
    {
        var names = Enumerable.Range(0, 3).Select(i => new string((char)('a' + i), 64)).ToArray();
        var map = Map([.. names.Select(name => new FieldDefinition { Name = name, Type = FieldType.Text, Class = FieldClass.Attribute })]);
        var plan = PipelinePlanner.Plan(new PipelineGraph(
            [Lines(), new ParseJsonLines(map), new TreatmentNode(), Bound(groupBy: names, known: [["a", "b", "c"]]), Hour, Users, new LaplaceNoise(1), Store], Settings));
        Assert.InRange(plan.Branches[0].Bounded.Group.Length, 1, 128);
    }

    private static string Hash(PipelineGraph graph) => PipelinePlanner.Plan(graph).Branches[0].Queries[0].Hash;

    private static PipelineGraph With(Func<PipelineSettings, PipelineSettings> change) => Query() with { Settings = change(Settings) };

    private static PipelineGraph Mapped(TokenTreatment treatment)
    {
        var map = new DataMap([.. Map().Fields.Select(field => field.Name == "user" ? field with { Treatment = treatment } : field)]);
        return Query() with { Nodes = Query().Nodes.SetItem(1, new ParseJsonLines(map)) };
    }
}
