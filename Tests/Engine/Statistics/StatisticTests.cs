using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Tests.Hosting.Configuration;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Statistics;

public class StatisticTests
{
    private const string Noise = "noise { epsilon = 1 }";

    public static TheoryData<string> Queries => new()
    {
        "aggregate = mean, clamp { lower = -50, upper = 1000 }",
        "aggregate = mean, clamp { lower = 100, upper = 103 }",
        "aggregate = variance, clamp { lower = 0, upper = 1000 }",
        "aggregate = variance, clamp { lower = 0, upper = 1000000007 }",
        "aggregate = histogram, edges = [0, 10, 100, 500]",
        "aggregate = quantiles, clamp { upper = 1024 }, quantiles = [0.1, 0.5, 0.95]",
        "aggregate = quantiles, clamp { lower = -7, upper = 300 }, bins = 2",
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public void One_subject_changes_no_more_than_its_parts_state(string aggregate)
    {
        var query = Plan(aggregate, Noise);
        var reached = new bool[query.Parts.Count];
        foreach (long total in Enumerable.Range(-200, 400).Select(i => i * 7L).Concat([long.MinValue, long.MaxValue, 1L << 45, 100, 103, 1000, 500, 499]))
        {
            // A subject more or less changes each column by what it adds, whoever else is there.
            var cells = Cells(query, [total]);
            int at = 0;
            for (int i = 0; i < query.Parts.Count; i++)
            {
                var part = query.Parts[i].Part;
                long[] changed = [.. cells[at..(at + part.Cells)].Where(x => x != 0)];
                Assert.True(changed.Length <= part.Touched);
                Assert.All(changed, x => Assert.InRange(Math.Abs(x), 1, part.Largest));
                reached[i] |= changed.Sum(Math.Abs) == part.Change;
                at += part.Cells;
            }
        }

        Assert.All(reached, Assert.True);
    }

    [Theory]
    [InlineData("noise { epsilon = 0.5 }", false)]
    [InlineData("noise { mechanism = gaussian, rho = 0.125 }", true)]
    public void The_cost_is_split_among_the_parts(string noise, bool isGaussian)
    {
        var query = Plan("aggregate = variance, clamp { upper = 1000 }", noise, isGaussian);

        // Each part's own loss for its own change, added up, is the cost.
        double loss = isGaussian
            ? query.Parts.Sum(part => (double)part.Part.SquaredChange / (2 * part.Noise.Scale * part.Noise.Scale))
            : query.Parts.Sum(part => part.Part.Change / part.Noise.Scale);
        Assert.Equal(isGaussian ? 0.125 : 0.5, loss, 1e-9);
        Assert.Equal(3, query.Parts.Count);
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void Intervals_cover_the_bounded_value_as_often_as_stated(string aggregate)
    {
        const int Draws = 300;
        const double Confidence = 0.8;
        var random = new Random(5);
        foreach (string noise in new[] { "noise { epsilon = 1 }", "noise { mechanism = gaussian, rho = 0.5 }" })
        {
            var query = Plan(aggregate, noise, noise.Contains("rho", StringComparison.Ordinal));
            foreach (int subjects in new[] { 5, 300, 5_000 })
            {
                long[] totals = [.. Enumerable.Range(0, subjects).Select(_ => (long)(Math.Pow(random.NextDouble(), 2) * 700) - 20)];
                var window = Aggregate(query, totals);
                (double Low, double High)[] truth = Truth(aggregate, totals);
                var source = new SeededRandomSource((ulong)subjects);
                int[] covered = new int[truth.Length];
                for (int draw = 0; draw < Draws; draw++)
                {
                    var groups = ReleaseDraw.Draw(query, window, Confidence, source).Groups;
                    Assert.Equal(truth.Length, groups.Count);
                    for (int i = 0; i < truth.Length; i++)
                    {
                        covered[i] += (double)groups[i].Low <= truth[i].High && (double)groups[i].High >= truth[i].Low ? 1 : 0;
                        Assert.InRange(groups[i].Value, groups[i].Low, groups[i].High);
                        Assert.True(groups[i].StandardError >= 0);
                    }
                }

                double error = 4 * Math.Sqrt(Confidence * (1 - Confidence) / Draws);
                Assert.All(covered, count => Assert.InRange((double)count / Draws, Confidence - error, 1));
            }
        }
    }

    [Fact]
    public void Predicted_widths_are_those_of_releases()
    {
        var totals = Enumerable.Range(0, 1000).Select(i => (long)i).ToArray();
        foreach (string aggregate in new[] { "aggregate = mean, clamp { upper = 1000 }", "aggregate = variance, clamp { upper = 1000 }", "aggregate = quantiles, clamp { upper = 1024 }" })
        {
            var query = Plan(aggregate, Noise);
            double predicted = query.Statistic!.Predict(query.Parts, 0.95, 1000);
            double found = Enumerable.Range(0, 40)
                .Average(seed => (double)ReleaseDraw.Draw(query, Aggregate(query, totals), 0.95, new SeededRandomSource((ulong)seed)).Groups.Select(g => (g.High - g.Low) / 2).Single());

            Assert.InRange(found / predicted, 0.4, 1.6);
        }
    }

    [Fact]
    public void The_largest_groups_are_published_with_intervals_that_hold_for_all()
    {
        var query = Plan("aggregate = distinct-subjects, top = 2, group-by = [page], known-keys = [a, b, c, d]", "noise { epsilon = 5 }");
        var aggregate = new WindowAggregate(new TimeWindow(0, 1), 1, 0);
        foreach (var (key, subjects) in new[] { ("a", 10), ("b", 4000), ("d", 900) })
        {
            aggregate.Add(aggregate.GetOrAdd(WindowAggregate.EncodeKey([key])), 0, subjects);
        }

        var release = ReleaseDraw.Draw(query, aggregate, 0.95, new SeededRandomSource(1));
        Assert.Equal("top-2 distinct-subjects", release.Aggregate);
        Assert.Equal(["b", "d"], release.Groups.Select(group => group.Key[0]));
        Assert.All(release.Groups, group => Assert.Equal(2 * query.Noise!.HalfWidth(1 - (0.05 / 4)), group.High - group.Low));
    }

    [Fact]
    public void How_many_groups_are_published_is_part_of_what_a_query_is()
    {
        string[] texts = [.. new[] { "count", "distinct-subjects", "sum, clamp { upper = 5 }" }.SelectMany(kind => new[] { string.Empty, ", top = 2", ", top = 3" }
            .Select(top => Plan($"aggregate = {kind}{top}", Noise, field: kind.StartsWith("sum", StringComparison.Ordinal) ? "field = bytes, " : string.Empty).AggregateText))];

        Assert.Equal(["count", "top-2 count", "top-3 count", "distinct-subjects", "top-2 distinct-subjects", "top-3 distinct-subjects", "sum(bytes)", "top-2 sum(bytes)", "top-3 sum(bytes)"], texts);
    }

    [Theory]
    [InlineData("aggregate = mean, clamp { lower = 5, upper = 5 }", "upper end is larger")]
    [InlineData("aggregate = mean, clamp { upper = 1e25 }", "within plus or minus 2^40")]
    [InlineData("aggregate = histogram, edges = [0, 5, 5]", "ascending multiples")]
    [InlineData("aggregate = histogram, edges = [1]", "ascending multiples")]
    [InlineData("aggregate = histogram, edges = [0, 0.5]", "ascending multiples of 1")]
    [InlineData("aggregate = quantiles, clamp { upper = 1000 }, quantiles = [0.5, 0.5]", "different numbers")]
    [InlineData("aggregate = quantiles, clamp { upper = 1000 }, quantiles = [1]", "found '1'")]
    [InlineData("aggregate = quantiles, clamp { upper = 1000 }, bins = 100", "power of two")]
    [InlineData("aggregate = quantiles, clamp { upper = 100 }", "fewer bins")]
    [InlineData("aggregate = quantiles, clamp { upper = NaN }", "found 'NaN'")]
    [InlineData("aggregate = mean, clamp { upper = 9 }, top = 3", "unknown key")]
    public void Mistakes_are_refused(string aggregate, string message) =>
        Assert.Contains(Pipelines.Errors(Text(aggregate, Noise)), error => error.ToString().Contains(message, StringComparison.Ordinal));

    private static string Text(string aggregate, string noise, bool inRho = false, string? field = null)
    {
        field ??= aggregate.Contains("distinct", StringComparison.Ordinal) ? string.Empty : "field = bytes, ";
        var text = Pipelines.Replace("volume { aggregate = sum, field = bytes, clamp { upper = 1000 }, window = 1d, noise { epsilon = 0.25 } }", $"volume {{ {field}{aggregate}, window = 1d, {noise} }}").Text;
        return inRho ? text.Replace("epsilon = 2,", "rho = 2,", StringComparison.Ordinal) : text.Replace("epsilon = 2,", "epsilon = 200,", StringComparison.Ordinal);
    }

    private static QueryPlan Plan(string aggregate, string noise, bool inRho = false, string? field = null) =>
        Pipelines.Bind(Text(aggregate, noise, inRho, field)).Plan.Branches.SelectMany(branch => branch.Queries).Single(query => query.Query.Name == "volume").Query;

    private static WindowAggregate Aggregate(QueryPlan query, long[] totals)
    {
        var plan = query.Bounded;
        var aggregate = new WindowAggregate(new TimeWindow(0, 1), 0, plan.ColumnCount);
        var group = aggregate.GetOrAdd(WindowAggregate.EncodeKey([]));
        aggregate.Add(group, totals.Length, totals.Length);
        for (int i = 0; i < plan.Derived.Count; i++)
        {
            aggregate.AddSum(group, plan.Sums.Count + i, totals.Sum(total => plan.Derived[i].Of(total)));
        }

        return aggregate;
    }

    private static long[] Cells(QueryPlan query, long[] totals)
    {
        var cells = new long[query.Statistic!.Cells];
        query.Statistic.Read(Aggregate(query, totals), 0, cells);
        return cells;
    }

    // A range for each published number, since a quantile is known to its bin and a variance to the rounding of its steps.
    private static (double Low, double High)[] Truth(string aggregate, long[] totals)
    {
        double[] Clamped(double low, double high) => [.. totals.Select(x => Math.Clamp(x, low, high))];
        (double, double) Exactly(double x, double slack = 1e-6) => (x - slack, x + slack);
        double Variance(double[] x) => x.Average(y => y * y) - Math.Pow(x.Average(), 2);
        (double, double) Quantile(double[] x, double q, double bin)
        {
            double[] sorted = [.. x.Order()];
            double at = sorted[Math.Clamp((int)Math.Ceiling(q * x.Length) - 1, 0, x.Length - 1)];
            return (at - bin, at + bin);
        }

        return aggregate switch
        {
            _ when aggregate.Contains("-50", StringComparison.Ordinal) => [Exactly(Clamped(-50, 1000).Average())],
            _ when aggregate.Contains("103", StringComparison.Ordinal) => [Exactly(Clamped(100, 103).Average())],
            _ when aggregate.Contains("1000000007", StringComparison.Ordinal) => [Exactly(Variance(Clamped(0, 1e9)), 1e10)],
            _ when aggregate.Contains("variance", StringComparison.Ordinal) => [Exactly(Variance(Clamped(0, 1000)))],
            _ when aggregate.Contains("histogram", StringComparison.Ordinal) => [Exactly(totals.Count(x => x < 10)), Exactly(totals.Count(x => x is >= 10 and < 100)), Exactly(totals.Count(x => x >= 100))],
            _ when aggregate.Contains("bins = 2", StringComparison.Ordinal) => [Quantile(Clamped(-7, 300), 0.5, 154)],
            _ => [Quantile(Clamped(0, 1024), 0.1, 4), Quantile(Clamped(0, 1024), 0.5, 4), Quantile(Clamped(0, 1024), 0.95, 4)],
        };
    }
}
