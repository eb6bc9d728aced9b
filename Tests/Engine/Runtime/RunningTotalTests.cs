using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Window;
using Xunit;
using PlanGraphs = AkkaPrivacy.Tests.Engine.Planning.Graphs;

namespace AkkaPrivacy.Tests.Engine.Runtime;

public sealed class RunningTotalTests
{
    private readonly RuntimeFixture _fixture = new();

    [Fact]
    public async Task Totals_add_up_restart_with_their_period_and_cost_what_their_windows_cost()
    {
        // Four hours of ten rows each; the noise is far below one row.
        var run = await _fixture.RunAsync(RuntimeFixture.Tokens
            .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { Windows = 24 } })
            .TumblingWindow(TimeSpan.FromHours(1))
            .RunningCount("views", TimeSpan.FromHours(3))
            .LaplaceNoise(40)
            .ToMaterialized(Sink.Store(), Keep.Right), RuntimeFixture.Settings(epsilon: 1000));
        Assert.Equal(4, run.Released);
        var releases = await _fixture.Store.TransactAsync(transaction => new OutboxReader().ReadAsync(transaction, 0, 10));
        var groups = releases.Select(entry => entry.Release.Groups.Single()).ToList();
        Assert.Equal([10m, 20m, 30m, 10m], groups.Select(group => group.Value));
        var one = new DiscreteLaplace(1, 40_000_000_000).StandardDeviation;
        Assert.Equal([1, 2, 3, 1], groups.Select(group => Math.Round(Math.Pow(group.StandardError!.Value / one, 2))));
        Assert.Contains("3 of 3 increments", releases[2].Release.Mechanism, StringComparison.Ordinal);
        Assert.Equal(160, releases[3].Release.Receipt.SpentInPeriod.Epsilon);
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(0.9)]
    [InlineData(0.95)]
    [InlineData(0.9999)]
    public void An_interval_of_a_sum_covers_at_least_what_it_says(double confidence)
    {
        var query = PipelinePlanner.Plan(PlanGraphs.Query(noise: new LaplaceNoise(0.001))).Branches[0].Queries[0].Query;
        foreach (var steps in new[] { 1, 2, 3, 5, 12, 24, 100, 288 })
        {
            var width = (double)RunningTotal.HalfWidth(query, confidence, steps) / query.Noise!.Scale;
            Assert.True(LaplaceSumTail(steps, width) <= (1 - confidence) * 1.002, $"{steps} steps");
        }
    }

    [Fact]
    public void What_does_not_add_up_is_refused()
    {
        Assert.Contains(PlanGraphs.Errors(PlanGraphs.Query(aggregate: new AggregateNode("x", AggregateKind.DistinctSubjects) { RunningPeriod = TimeSpan.FromDays(1) })), error => error.Message.Contains("only counts and sums", StringComparison.Ordinal));
        Assert.Contains(PlanGraphs.Errors(PlanGraphs.Query(aggregate: new AggregateNode("x", AggregateKind.Count) { RunningPeriod = TimeSpan.FromMinutes(90) })), error => error.Message.Contains("times the window's size", StringComparison.Ordinal));
    }

    [Fact]
    public void Queries_over_one_bounded_stream_share_its_state()
    {
        var window = PlanGraphs.Hour;
        var bound = PlanGraphs.Bound();
        var plan = PipelinePlanner.Plan(PlanGraphs.Of(
            PlanGraphs.Branch(bound, window, new AggregateNode("hits", AggregateKind.Count), new LaplaceNoise(1), PlanGraphs.Store),
            PlanGraphs.Branch(bound, window, PlanGraphs.Users, new LaplaceNoise(1), PlanGraphs.Store),
            PlanGraphs.Branch(bound, PlanGraphs.Hour, new AggregateNode("apart", AggregateKind.Count), new LaplaceNoise(1), PlanGraphs.Store),
            new IgnoreNode()));
        Assert.Equal([2, 1], plan.Branches.Select(branch => branch.Queries.Count));
        Assert.Empty(plan.Branches[0].Bounded.Sums);
        var stages = plan.Branches.Select(branch => (BoundedWindowStage)branch.Create()).ToList();
        Assert.Equal(stages[1].StateBytes, stages[0].StateBytes);
    }

    // P(|S| > t) for the sum of n Laplace variables of scale 1: Erlang tails mixed with negative binomial weights.
    private static double LaplaceSumTail(int n, double t)
    {
        var (sum, logWeight) = (0.0, -n * Math.Log(2));
        for (var k = 0; k < n; k++)
        {
            sum += Math.Exp(logWeight) * ErlangTail(n - k, t);
            logWeight += Math.Log((n + k) / (2.0 * (k + 1)));
        }

        return 2 * sum;
    }

    private static double ErlangTail(int shape, double t)
    {
        var (sum, logTerm) = (0.0, -t);
        for (var j = 0; j < shape; j++)
        {
            sum += Math.Exp(logTerm);
            logTerm += Math.Log(t / (j + 1));
        }

        return sum;
    }
}
