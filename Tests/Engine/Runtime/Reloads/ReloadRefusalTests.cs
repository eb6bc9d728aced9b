using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime.Reloads;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Operators.Window;
using Xunit;
using static AkkaPrivacy.Tests.Engine.Runtime.Reloads.ReloadFixture;

namespace AkkaPrivacy.Tests.Engine.Runtime.Reloads;

/// <summary>Each plan that is refused, while the run goes on as if it had not been asked.</summary>
public sealed class ReloadRefusalTests
{
    private const long Middle = 35;
    private readonly ReloadFixture _fixture = new();
    private readonly StoppingSource.Stops _stops = new(Middle);

    [Theory]
    [InlineData("same name", "would mean other numbers")]
    [InlineData("epsilon", "would mean other numbers")]
    [InlineData("pipeline", "the pipeline's name would change")]
    [InlineData("account", "the account would change")]
    [InlineData("budget", "the policy of account")]
    [InlineData("period", "the policy of account")]
    [InlineData("lateness", "allowed-lateness would change from 00:00:00 to 00:01:00")]
    [InlineData("skew", "allowed-skew would change")]
    [InlineData("range", "the time range would change")]
    [InlineData("arrival", "the arrival would change")]
    [InlineData("lanes", "lanes would change from 1 to 2")]
    [InlineData("ends", "query 'b' ends while its windows")]
    [InlineData("columns", "query 'a' would lose its state")]
    [InlineData("expensive", "a period would cost")]
    [InlineData("subject", "the subject would change from 'user' to 'page-token'")]
    public async Task A_plan_is_refused_with_its_reason(string what, string reason)
    {
        var run = _fixture.Start(_fixture.Graph(_stops, Users("a"), Users("b", windows: 4)));
        var report = await ReloadAsync(run, _stops, Middle, Plan(what));
        Assert.False(report.Applied);
        Assert.Contains(report.Refusals, refusal => refusal.Contains(reason, StringComparison.Ordinal));
        var summary = await run.Completion;
        Assert.Equal((60L, 12, 0), (summary.RowsRead, summary.Released, summary.Withheld.Count));
        Assert.Equal(All(0, 6), await _fixture.ReleasedAsync("a"));
        Assert.Single(await _fixture.Runtime.Store.TransactAsync(transaction => transaction.ScanAsync("checkpoints")));
        Assert.Empty(await _fixture.Runtime.Store.TransactAsync(transaction => transaction.ScanAsync("moved-states")));
    }

    [Fact]
    public async Task A_name_that_stood_for_other_numbers_before_is_not_given_again()
    {
        var stops = new StoppingSource.Stops(25, Middle);
        var run = _fixture.Start(_fixture.Graph(stops, Users("a"), Users("b", windows: 4)));
        await ReloadAsync(run, stops, 25, _fixture.Graph(stops, Users("a")), new ReloadOptions { DiscardOpenWindows = true });
        var report = await ReloadAsync(run, stops, Middle, _fixture.Graph(stops, Users("a"), Users("b", windows: 5)));
        Assert.Contains("the store holds releases of a query 'b' that meant other numbers", Assert.Single(report.Refusals), StringComparison.Ordinal);
        await run.Completion;
    }

    [Fact]
    public async Task What_the_open_period_cannot_bear_is_refused_and_what_costs_less_is_not()
    {
        var settings = Settings(epsilon: 27);
        var run = _fixture.Start(_fixture.Graph(_stops, settings, null, Users("a"), Users("b", windows: 3)));
        var dearer = await ReloadAsync(run, _stops, Middle, _fixture.Graph(_stops, settings, null, Users("a"), Users("c", windows: 2)), new ReloadOptions { DiscardOpenWindows = true });
        Assert.Contains("windows would be withheld. Reload in another period", Assert.Single(dearer.Refusals), StringComparison.Ordinal);
        Assert.Equal((21d, 23d), (dearer.Periods[0].Left.Epsilon, dearer.Periods[0].MayCharge.Epsilon));
        await run.Completion;
    }

    [Fact]
    public async Task State_that_does_not_fit_is_lost_where_that_is_allowed()
    {
        var run = _fixture.Start(_fixture.Graph(_stops, Users("a"), Users("b", windows: 4)));
        var report = await ReloadAsync(run, _stops, Middle, Plan("columns"), new ReloadOptions { DiscardOpenWindows = true });
        Assert.True(report.Applied, string.Join('\n', report.Refusals));
        Assert.Equal((false, 3_600_000L), (report.Queries[0].KeepsState, report.Queries[0].Dropped!.Value.EndMs - report.Queries[0].Dropped!.Value.StartMs));
        await run.Completion;
        Assert.Equal([.. All(0, 3), .. All(4, 6)], await _fixture.ReleasedAsync("a"));
        Assert.Equal([.. All(0, 4), (4, 0), (5, 0)], await _fixture.ReleasedAsync("b"));
        Assert.Equal(All(4, 6), await _fixture.ReleasedAsync("bytes"));
    }

    private PipelineGraph Plan(string what)
    {
        var (settings, account) = (Settings(), Settings().Account!);
        return what switch
        {
            "same name" => With(settings, Users("a", windows: 5), Users("b", windows: 4)),
            "epsilon" => With(settings, Users("a", epsilon: 2), Users("b", windows: 4)),
            "pipeline" => Same(settings with { Name = "other" }),
            "account" => Same(settings with { Account = account with { Account = "a/c" } }),
            "budget" => Same(settings with { Account = account with { BudgetPerPeriod = PrivacyCost.Pure(1001) } }),
            "period" => Same(settings with { Account = account with { Period = TimeSpan.FromDays(2) } }),
            "lateness" => Same(settings with { AllowedLateness = TimeSpan.FromMinutes(1) }),
            "skew" => Same(settings with { AllowedSkew = TimeSpan.FromMinutes(1) }),
            "range" => Same(settings with { TimeRange = new TimeWindow(RuntimeFixture.Start, RuntimeFixture.Start + 86_400_000) }),
            "arrival" => Same(settings with { Arrival = ArrivalMode.Ingest }),
            "lanes" => Same(settings with { Lanes = 2 }),
            "ends" => With(settings, Users("a")),
            "expensive" => With(settings, Users("a"), Users("b", windows: 4), Users("c", windows: 3, epsilon: 1000)),
            "columns" => Columns(),
            _ => Subject(),
        };
    }

    private PipelineGraph Same(PipelineSettings settings) => With(settings, Users("a"), Users("b", windows: 4));

    private PipelineGraph With(PipelineSettings settings, params Flow<TokenizedRows, ReleasedValues, NotUsed>[] queries) => _fixture.Graph(_stops, settings, null, queries);

    // A sum over the bounded window of 'a', as parts of a graph share it.
    private PipelineGraph Columns()
    {
        var bounded = Flow.Of<TokenizedRows>()
            .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = 24 } })
            .TumblingWindow(TimeSpan.FromHours(1));
        return With(
            Settings(), bounded.DistinctSubjects("a").LaplaceNoise(1), bounded.Sum("bytes", "bytes", 10).LaplaceNoise(1), Users("b", windows: 4));
    }

    private PipelineGraph Subject()
    {
        var map = Planning.Graphs.Map(new FieldDefinition { Name = "page-token", From = "page", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment() });
        return Source.FromLines(() => new StoppingSource(6, _stops)).ParseJsonLines(map).Tokenize()
            .AlsoTo(Flow.Of<TokenizedRows>().Bound(new Bound { Subject = "page-token" }).TumblingWindow(TimeSpan.FromHours(1)).DistinctSubjects("pages").LaplaceNoise(1).To(Sink.Store()))
            .To(Sink.Ignore()).WithSettings(Settings()).Graph;
    }
}
