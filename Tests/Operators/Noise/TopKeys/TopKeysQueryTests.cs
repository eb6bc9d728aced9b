using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Noise.TopKeys;
using AkkaPrivacy.Tests.Hosting.Configuration;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Noise.TopKeys;

public sealed class TopKeysQueryTests
{
    private const string Keys = "group-by = [page], known-keys = [a, b, c, d]";

    [Fact]
    public void Keys_are_published_in_order_with_their_places()
    {
        var query = Plan($"aggregate = count, top = 2, {Keys}, bounds {{ groups = 3, rows-per-group = 2 }}", "noise { mechanism = top-keys, epsilon = 10 }");
        Assert.Equal("permute-and-flip(keys=2, nano-epsilon-of-a-pick=5000000000, sensitivity=2, one-sided)", query.NoiseText);
        Assert.Equal((PrivacyCost.Pure(10), 2L, true), (query.Cost, query.ScoreSensitivity, query.IsOneSided));
        var release = ReleaseDraw.Draw(query, Aggregate(), 0.95, new SeededRandomSource(1));
        Assert.Equal("top-2 keys by count", release.Aggregate);
        Assert.Equal([("b", 1m, 1m, 1m), ("d", 2m, 2m, 2m)], release.Groups.Select(group => (group.Key[0], group.Value, group.Low, group.High)));
    }

    [Fact]
    public void Values_are_noised_for_the_groups_that_can_be_shown_and_cost_what_is_stated()
    {
        var query = Plan($"aggregate = count, top = 2, {Keys}, bounds {{ groups = 3, rows-per-group = 2 }}", "noise { mechanism = top-keys, epsilon = 10, values { epsilon = 2 } }");
        Assert.Equal(PrivacyCost.Pure(12), query.Cost);
        Assert.Equal(2.0, query.TopKeys!.Values!.Scale);
        var release = ReleaseDraw.Draw(query, Aggregate(), 0.95, new SeededRandomSource(1));
        Assert.Equal(["b", "d"], release.Groups.Select(group => group.Key[0]));
        Assert.InRange(release.Groups[0].Value, 3950, 4050);
        Assert.All(release.Groups, group => Assert.Equal(2 * query.TopKeys.Values.HalfWidth(0.95), group.High - group.Low));
    }

    [Fact]
    public void A_rho_buys_the_exponential_mechanism()
    {
        var query = Plan($"aggregate = distinct-subjects, top = 2, {Keys}", "noise { mechanism = top-keys, rho = 0.01, values { rho = 0.02 } }", inRho: true);
        Assert.StartsWith("exponential(keys=2, nano-epsilon-of-a-pick=200000000, sensitivity=1, one-sided) + discrete-gaussian", query.NoiseText, StringComparison.Ordinal);
        Assert.Equal(PrivacyCost.ZeroConcentrated(0.03), query.Cost);
        Assert.Equal((long)Math.Ceiling(5 * Math.Log(3 * 2 / 0.05)), query.Noise!.HalfWidth(0.95));
        Assert.False(Plan($"aggregate = sum, field = bytes, clamp {{ lower = -5, upper = 9 }}, top = 2, {Keys}", "noise { mechanism = top-keys, epsilon = 1 }").IsOneSided);
    }

    [Theory]
    [InlineData("aggregate = count, top = 5, " + Keys, "epsilon = 1", "top is 5, and 4 keys are known")]
    [InlineData("aggregate = count, " + Keys, "epsilon = 1", "say how many with top")]
    [InlineData("aggregate = count, top = 0, " + Keys, "epsilon = 1", "found '0'")]
    [InlineData("aggregate = count, top = 2, group-by = [page], key-selection { epsilon = 0.5, delta = 1e-6 }", "epsilon = 1", "its keys are unknown")]
    [InlineData("aggregate = mean, field = bytes, clamp { upper = 9 }, " + Keys, "epsilon = 1", "say how many with top")]
    [InlineData("aggregate = count, top = 2, " + Keys, "epsilon = NaN", "found 'NaN'")]
    [InlineData("aggregate = count, top = 2, " + Keys, "epsilon = 0", "found '0'")]
    [InlineData("aggregate = count, top = 2, " + Keys, "epsilon = 1e400", "found '1e400'")]
    [InlineData("aggregate = count, top = 2, " + Keys, "epsilon = 4.9e-324", "found '4.9e-324'")]
    [InlineData("aggregate = count, top = 2, " + Keys, "epsilon = 1, delta = 1e-6", "no meaning")]
    [InlineData("aggregate = count, top = 2, " + Keys, "epsilon = 1, rho = 1", "beside rho")]
    [InlineData("aggregate = count, top = 2, " + Keys, "epsilon = 1, values { rho = 1 }", "values.epsilon")]
    [InlineData("aggregate = count, top = 2, " + Keys, "mechanism = laplace, epsilon = 1, values { epsilon = 1 }", "values")]
    public void Mistakes_are_refused(string query, string noise, string message)
    {
        var errors = Pipelines.Errors(Text(query, $"noise {{ mechanism = top-keys, {noise} }}"));
        Assert.True(errors.Any(error => error.ToString().Contains(message, StringComparison.Ordinal)), string.Join('\n', errors));
    }

    [Theory]
    [InlineData(double.NaN, null)]
    [InlineData(double.PositiveInfinity, null)]
    [InlineData(1e-7, null)]
    [InlineData(1e7, null)]
    [InlineData(1.0, double.NaN)]
    [InlineData(1.0, -1.0)]
    public void A_cost_out_of_range_plans_nothing(double epsilon, double? values)
    {
        var errors = new PlanErrors();
        Assert.Null(new TopKeysNoise(epsilon, values).Plan(Plan($"aggregate = count, top = 2, {Keys}", "noise { mechanism = top-keys, epsilon = 1 }"), errors));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopKeysNoise(PrivacyMeasure.Approximate, 1));
    }

    private static WindowAggregate Aggregate()
    {
        var aggregate = new WindowAggregate(new TimeWindow(0, 1), 1, 0);
        foreach (var (key, rows) in new[] { ("a", 10), ("b", 4000), ("d", 900) })
        {
            aggregate.Add(aggregate.GetOrAdd(WindowAggregate.EncodeKey([key])), rows, rows);
        }

        return aggregate;
    }

    private static string Text(string aggregate, string noise, bool inRho = false)
    {
        var text = Pipelines.Replace("volume { aggregate = sum, field = bytes, clamp { upper = 1000 }, window = 1d, noise { epsilon = 0.25 } }", $"volume {{ {aggregate}, window = 1d, {noise} }}").Text;
        return text.Replace("epsilon = 2,", inRho ? "rho = 2," : "epsilon = 200,", StringComparison.Ordinal);
    }

    private static QueryPlan Plan(string aggregate, string noise, bool inRho = false) =>
        Pipelines.Bind(Text(aggregate, noise, inRho)).Plan.Branches.SelectMany(branch => branch.Queries).Single(query => query.Query.Name == "volume").Query;
}
