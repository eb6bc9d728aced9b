using System.Globalization;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Enrich;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Tests.Engine.Planning;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Sample;

public sealed class WeightedSampleTests
{
    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("weight", ColumnType.Int64, FieldClass.Measure));

    // The total of 100,000 subjects' weights has a deviation of sqrt(sum of w - 1); six of them are a false alarm in 10^9 seeds.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_sum_of_weights_estimates_the_number_of_rows_without_bias(int seed)
    {
        var random = new Random(seed);
        using var harness = new StageHarness(Schema, new WeightedSampleOperator("user", "weight", 50));
        var (total, rows, variance) = (0L, 0, 0.0);
        for (var round = 0; round < 25; round++)
        {
            var weights = Enumerable.Range(0, 4000).Select(_ => (long)random.Next(1, 51)).ToArray();
            using var batch = harness.Run(Rows(harness, random, weights));
            var kept = batch.ReadInt64(harness.Output, "weight");
            total += batch.ReadSelected().Sum(row => kept[row]);
            rows += weights.Length;
            variance += weights.Sum(weight => weight - 1.0);
        }

        Assert.InRange(total, rows - (6 * Math.Sqrt(variance)), rows + (6 * Math.Sqrt(variance)));
    }

    [Fact]
    public void Weights_are_clamped_and_a_row_without_one_is_kept()
    {
        var random = new Random(3);
        using var harness = new StageHarness(Schema, new WeightedSampleOperator("user", "weight", 10));
        long[] given = [Int64Column.Missing, -5, 0, 1, .. Enumerable.Repeat(1_000_000L, 4000)];
        using var batch = harness.Run(Rows(harness, random, given));
        Assert.Equal([0, 1, 2, 3], batch.ReadSelected()[..4]);
        Assert.Equal([1, 1, 1, 1], batch.ReadInt64(harness.Output, "weight")[..4]);
        Assert.InRange(batch.SelectedCount, 290, 520);
        Assert.All(batch.ReadSelected()[4..], row => Assert.Equal(10, batch.ReadInt64(harness.Output, "weight")[row]));
    }

    [Fact]
    public void Samples_of_larger_weights_are_inside_those_of_smaller_ones_and_of_equal_rates()
    {
        var random = new Random(4);
        for (var i = 0; i < 20_000; i++)
        {
            var token = new Token((ulong)random.NextInt64(), (ulong)random.NextInt64());
            Assert.Equal(new SampleThreshold(1.0 / 8).Keeps(token), SampleThreshold.Keeps(token, 8));
            Assert.True(!SampleThreshold.Keeps(token, 9) || SampleThreshold.Keeps(token, 7));
        }
    }

    [Fact]
    public void The_largest_weight_multiplies_the_sensitivity_of_counts_and_other_aggregates_are_refused()
    {
        QueryPlan Plan(AggregateNode aggregate) => PipelinePlanner.Plan(Graph(aggregate)).Branches[0].Queries[0].Query;
        var query = Plan(new AggregateNode("n", AggregateKind.Count));
        Assert.Equal((3 * 20L, 2 * 3 * 20L, "count(weight=weight)"), (query.PerGroup, query.Sensitivity, query.AggregateText));
        Assert.Equal((0, 60), (query.Bounded.Sums[0].Lower, query.Bounded.Sums[0].Upper));
        Assert.Contains(Graphs.Errors(Graph(new AggregateNode("n", AggregateKind.DistinctSubjects))), error => error.Message.Contains("only counts add them up", StringComparison.Ordinal));
        Assert.Contains(Graphs.Errors(Graph(new AggregateNode("n", AggregateKind.Sum) { Field = "bytes", Upper = 5 })), error => error.Message.Contains("only counts add them up", StringComparison.Ordinal));
    }

    // Chebyshev's inequality and the bound on the variance hold for every seed, so coverage is above the confidence.
    [Fact]
    public void Intervals_cover_the_whole_and_not_only_the_sample()
    {
        var query = PipelinePlanner.Plan(Graph(new AggregateNode("n", AggregateKind.Count))).Branches[0].Queries[0].Query;
        var (random, noise) = (new Random(5), new SeededRandomSource(6));
        var covered = 0;
        for (var round = 0; round < 400; round++)
        {
            var (truth, estimate) = (0L, new long[1]);
            for (var subject = 0; subject < 300; subject++)
            {
                var (rows, weight) = (random.Next(1, 4), random.Next(1, 21));
                truth += rows;
                estimate[0] += random.Next(weight) == 0 ? rows * weight : 0;
            }

            ((INoiseMechanism)query.Noise!).AddNoise(estimate, noise);
            covered += Math.Abs(estimate[0] - truth) <= WeightedInterval.Of(query, 0.95)(estimate[0]).HalfWidth ? 1 : 0;
        }

        Assert.InRange(covered, 380, 400);
        Assert.Equal(Math.Sqrt(Math.Pow(query.Noise!.StandardDeviation, 2) + (3 * 19 * 10_000.0)), WeightedInterval.Of(query, 0.95)(10_000).StandardError, 1e-6);
        Assert.True(WeightedInterval.Of(query, 0.95)(10_000).HalfWidth > query.Noise!.HalfWidth(0.95));
    }

    [Theory]
    [InlineData("user", "weight", 0, "1 to 1000000")]
    [InlineData("weight", "weight", 5, "goes by a token")]
    [InlineData("user", "user", 5, "whole number")]
    [InlineData("user", "nothing", 5, "no field 'nothing'")]
    public void Mistakes_are_named(string user, string weight, long largest, string message) =>
        Assert.Contains(StageHarness.ErrorsOf(new WeightedSampleOperator(user, weight, largest), Schema), error => error.Message.Contains(message, StringComparison.Ordinal));

    // 2.5 at a resolution of 0.1 is held as 25, and 30 at one of 10 as 3.
    [Theory]
    [InlineData("0.1")]
    [InlineData("10")]
    public void Weights_that_are_held_in_other_units_are_refused_with_the_field_and_the_range(string resolution)
    {
        var unit = decimal.Parse(resolution, CultureInfo.InvariantCulture);
        RowSchema Schema(decimal unit) => RowSchema.Empty
            .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
            .Add(new FieldDefinition { Name = "fee", Type = FieldType.Decimal, Class = FieldClass.Measure, Resolution = unit }.ToColumn());
        var error = Assert.Single(StageHarness.ErrorsOf(new WeightedSampleOperator("user", "fee", 50), Schema(unit)));
        Assert.StartsWith($"field 'fee' is a decimal of resolution {resolution}; a weight is a whole number from 1 to 50", error.Message, StringComparison.Ordinal);
        Assert.Empty(StageHarness.ErrorsOf(new WeightedSampleOperator("user", "fee", 50), Schema(1.0m)));
    }

    [Theory]
    [InlineData("0.1", 1)]
    [InlineData("1", 0)]
    public void Weights_of_a_table_are_held_to_the_same(string resolution, int mistakes)
    {
        var schema = RowSchema.Empty.Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute)).Add(new ColumnDefinition("site", ColumnType.Text, FieldClass.Attribute));
        var enrich = new EnrichOperator("site", new LookupTableOptions
        {
            Name = "sites",
            File = "sites.csv",
            Format = TableFormat.Csv,
            Open = () => new MemoryStream("site,weight\na,2.5\n"u8.ToArray()),
            Key = "site",
            Columns = [new FieldDefinition { Name = "weight", Type = FieldType.Decimal, Class = FieldClass.Measure, Resolution = decimal.Parse(resolution, CultureInfo.InvariantCulture) }],
        });
        var rows = enrich.Plan(schema, new PlanErrors())!.Output;
        Assert.Equal(mistakes, StageHarness.ErrorsOf(new WeightedSampleOperator("user", "weight", 50), rows).Count(error => error.Message.Contains("a weight is a whole number from 1 to 50", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1.0, "0")]
    [InlineData(0.5, "8")]
    [InlineData(0.25, "c")]
    [InlineData(0.0625, "f")]
    [InlineData(0.01, "fd70a3d70a3d71")]
    [InlineData(0.1, "e6666666666666")]
    public void Thresholds_are_written_as_OpenTelemetry_writes_them(double rate, string th) => Assert.Equal(th, ProbabilitySampling.Th(new SampleThreshold(rate).Reject));

    [Theory]
    [InlineData("80000000000000", 0.5, true)]
    [InlineData("7fffffffffffff", 0.5, false)]
    [InlineData("bfffffffffffff", 0.25, false)]
    [InlineData("C0000000000000", 0.25, true)]
    [InlineData("0af7651916cd43dd84c0000000000000", 0.25, true)]
    [InlineData("ffffffffffffffffffbfffffffffffff", 0.25, false)]
    [InlineData("no trace id at al", 0.99, false)]
    [InlineData("no trace id at al", 1.0, true)]
    [InlineData(null, 0.99, false)]
    public void A_trace_is_kept_where_every_sampler_keeps_it(string? id, double rate, bool kept)
    {
        var schema = TestColumns.Of(ColumnType.Text, "trace");
        using var harness = new StageHarness(schema, new TraceSampleOperator("trace", rate));
        using var batch = harness.Run(harness.NewBatch(1).WithText(schema, "trace", id));
        Assert.Equal(kept ? 1 : 0, batch.SelectedCount);
    }

    private static PipelineGraph Graph(AggregateNode aggregate) => new(
        [
            Graphs.Lines(),
            new ParseJsonLines(Graphs.Map(new FieldDefinition { Name = "weight", Type = FieldType.Integer, Class = FieldClass.Measure })),
            new TreatmentNode(),
            new WeightedSampleOperator("user", "weight", 20),
            Graphs.Bound(groups: 2, rows: 3, groupBy: ["page"], known: [["/"]]),
            Graphs.Hour,
            aggregate,
            new LaplaceNoise(0.5),
            Graphs.Store,
        ],
        Graphs.Settings);

    private static EventBatch Rows(StageHarness harness, Random random, long[] weights) => harness.NewBatch(weights.Length)
        .WithTokens(Schema, "user", [.. weights.Select(_ => new Token((ulong)random.NextInt64(), ((ulong)random.Next() << 33) ^ (ulong)random.NextInt64()))])
        .WithInt64(Schema, "weight", weights);
}
