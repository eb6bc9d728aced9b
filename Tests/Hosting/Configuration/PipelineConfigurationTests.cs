using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Operators.Tokenize;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Configuration;

public sealed class PipelineConfigurationTests
{
    [Fact]
    public void A_sound_pipeline_becomes_a_plan_with_defaults()
    {
        var (options, plan) = Pipelines.Bind(Pipelines.Sound);
        Assert.Equal(("site", "visitor", ArrivalMode.EventTime), (plan.Settings.Name, plan.Subject, plan.Arrival));
        Assert.Equal(PrivacyCost.Approximate(2, 1e-6), plan.Account.BudgetPerPeriod);
        Assert.Equal(("akkaprivacy.db", "akkaprivacy.db.keys", true), (options.Store.Path, options.Keys.File, options.Keys.Create));
        Assert.Equal(new PipelineSettings { Name = "site", Account = plan.Account }, plan.Settings);
        Assert.Equal(3, plan.Branches.Count);
    }

    [Fact]
    public void A_silent_source_follows_the_clock_only_when_asked_to()
    {
        Assert.Null(Pipelines.Bind(Pipelines.Sound).Plan.Settings.IdleTimeout);
        var asked = Pipelines.Bind(Pipelines.Sound, "pipeline.time.idle-timeout=5m").Plan;
        Assert.Equal((TimeSpan.FromMinutes(5), Pipelines.Bind(Pipelines.Sound).Plan.Hash), (asked.Settings.IdleTimeout, asked.Hash));
        Assert.Contains("from 1s to 7d", Assert.Single(Pipelines.Errors(Pipelines.Sound, "pipeline.time.idle-timeout=10ms")).Message, StringComparison.Ordinal);
        Assert.Contains("fire by the clock anyway", Assert.Single(Pipelines.Errors(Pipelines.Sound, "pipeline.time.idle-timeout=5m", "pipeline.time.arrival=ingest")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_without_delta_opens_a_pure_account()
    {
        var text = Pipelines.Replace("key-selection { epsilon = 0.5, delta = 1e-6 }", "known-keys = [a, b]").Text;
        var plan = Pipelines.Bind(text, "pipeline.account.budget.delta=0").Plan;
        Assert.Equal(PrivacyCost.Pure(2), plan.Account.BudgetPerPeriod);
        var error = Assert.Single(Pipelines.Errors(Pipelines.Sound, "pipeline.account.budget.delta=0"));
        Assert.Contains("give the budget a delta", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Queries_of_one_shape_share_a_composition_group()
    {
        var plan = Pipelines.Bind(Pipelines.Sound, "pipeline.queries.rows={aggregate=count,window=60m,bounds.windows=2,noise.epsilon=0.5}").Plan;
        var shared = Assert.Single(plan.Branches, branch => branch.Queries.Count == 2);
        Assert.Equal(["visitors", "rows"], shared.Queries.Select(query => query.Query.Name));
        Assert.Equal(PrivacyCost.Approximate(1.5, 0), shared.PeriodCost);
    }

    [Fact]
    public void Treatments_take_options()
    {
        var plan = Pipelines.Bind(Pipelines.Sound, "pipeline.data-map.visitor.treatment={token{purpose=ads,normalise=lowercase-ascii}}").Plan;
        Assert.Equal(new TokenTreatment("ads", TokenNormalisation.LowercaseAscii), plan.Map.Find("visitor")!.Treatment);
    }

    [Fact]
    public void Substitutions_may_stand_beside_the_pipeline()
    {
        var plan = Pipelines.Bind(Pipelines.Sound + "\nvars { e = 0.125 }", "pipeline.queries.visitors.noise.epsilon=${vars.e}").Plan;
        Assert.Contains(plan.Branches, branch => branch.WindowCost == PrivacyCost.Approximate(0.125, 0));
    }

    [Fact]
    public void Sinks_default_to_the_store()
    {
        var options = Pipelines.Bind(Pipelines.Sound, "pipeline.store.path=x.db", "pipeline.sinks.t={type=sqlite-table}", "pipeline.sinks.c={type=console}").Options;
        Assert.Equal(
            [("t", SinkType.SqliteTable, "x.db", "releases"), ("c", SinkType.Console, "", "")],
            options.Sinks.Select(sink => (sink.Name, sink.Type, sink.Path, sink.Table)));
        Assert.Equal("x.db.keys", options.Keys.File);
    }

    [Theory]
    [InlineData("no-such-file.conf", "no such file")]
    [InlineData(".", "a directory")]
    public void A_file_that_is_none_is_an_error(string path, string found)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(new ConfigurationRequest { File = path })).Errors);
        Assert.Contains(found, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_in_for_input_store_and_lanes_is_taken_as_it_is()
    {
        var request = new ConfigurationRequest
        {
            File = Path.Combine(Pipelines.Root(), "hocon", "access-log.conf"),
            Input = "a \"b\" ${c}.log",
            Store = @"d\e.db",
            Lanes = 3,
        };
        var options = ConfigurationLoader.Load(request).Options;
        Assert.Equal(("a \"b\" ${c}.log", @"d\e.db", 3), (options.Source.Path, options.Store.Path, options.Settings.Lanes));
    }
}
