using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Planning.Diff;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Window;
using AkkaPrivacy.Tests.Engine.Runtime;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Planning.Diff;

public sealed class PlanDiffTests
{
    [Fact]
    public void The_same_plan_keeps_everything_also_with_other_lanes_and_supervision()
    {
        var diff = PlanDiff.Of(Plan(Query("a")), Plan(RuntimeFixture.Settings() with { Lanes = 3 }, Query("a")) with { Supervision = Plan(Query("a")).Supervision.SetItem("source", SupervisionPolicy.Restart) });
        Assert.True(diff.IsSame);
        Assert.Empty(diff.Conflicts);
        Assert.Equal((PlanChange.Kept, true), (diff.Queries[0].Change, diff.Queries[0].KeepsState));
    }

    [Fact]
    public void A_query_that_is_added_or_taken_away_leaves_the_others_their_state()
    {
        var diff = PlanDiff.Of(Plan(Query("a"), Query("b", hours: 2)), Plan(Query("c", hours: 4), Query("a")));
        Assert.Empty(diff.Conflicts);
        Assert.False(diff.IsSame);
        Assert.Equal([("a", PlanChange.Kept, true), ("b", PlanChange.Ended, false), ("c", PlanChange.New, false)], diff.Queries.Select(query => (query.Name, query.Change, query.KeepsState)));
        Assert.Equal([PlanChange.Kept, PlanChange.Ended, PlanChange.New], diff.Groups.Select(group => group.Change));
        Assert.Equal((PrivacyCost.Pure(12), (PrivacyCost?)null), (diff.Groups[1].Before, diff.Groups[1].After));
    }

    [Fact]
    public void A_name_that_would_stand_for_other_numbers_is_refused()
    {
        var diff = PlanDiff.Of(Plan(Query("a")), Plan(Query("a", epsilon: 2)));
        Assert.Equal(PlanChange.Changed, Assert.Single(diff.Queries).Change);
        Assert.Contains("'a-2'", Assert.Single(diff.Conflicts), StringComparison.Ordinal);
        Assert.Single(PlanDiff.Of(Plan(Query("a")), Plan(RuntimeFixture.Settings() with { AllowedLateness = TimeSpan.Zero }, Query("a"))).Conflicts);
    }

    [Fact]
    public void Another_account_policy_or_pipeline_is_refused()
    {
        var settings = RuntimeFixture.Settings();
        Assert.Contains("policy", Assert.Single(PlanDiff.Of(Plan(Query("a")), Plan(RuntimeFixture.Settings(epsilon: 7), Query("a"))).Conflicts), StringComparison.Ordinal);
        Assert.Contains("account", Assert.Single(PlanDiff.Of(Plan(Query("a")), Plan(settings with { Account = settings.Account! with { Account = "x/y" } }, Query("a"))).Conflicts), StringComparison.Ordinal);
        Assert.Contains("name", Assert.Single(PlanDiff.Of(Plan(Query("a")), Plan(settings with { Name = "other" }, Query("a"))).Conflicts), StringComparison.Ordinal);
    }

    private static Flow<TokenizedRows, ReleasedValues, NotUsed> Query(string name, int hours = 1, double epsilon = 1) => Flow.Of<TokenizedRows>()
        .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = 24 / hours } })
        .TumblingWindow(TimeSpan.FromHours(hours))
        .DistinctSubjects(name)
        .LaplaceNoise(epsilon);

    private static PipelinePlan Plan(params Flow<TokenizedRows, ReleasedValues, NotUsed>[] queries) => Plan(RuntimeFixture.Settings(), queries);

    private static PipelinePlan Plan(PipelineSettings settings, params Flow<TokenizedRows, ReleasedValues, NotUsed>[] queries) =>
        PipelinePlanner.Plan(queries.Aggregate(RuntimeFixture.Tokens, (rows, query) => rows.AlsoTo(query.To(Sink.Store()))).To(Sink.Ignore()).WithSettings(settings).Graph);
}
