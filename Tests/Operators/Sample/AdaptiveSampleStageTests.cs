using System.Collections.Immutable;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Runtime.Firing;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Sample;

/// <summary>Rows at weights that differ by key and change with time.</summary>
public sealed class AdaptiveSampleStageTests
{
    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("site", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("shop", ColumnType.Int64, FieldClass.Attribute));

    private static readonly AdaptiveRates Rates = new(
        new RateFollower(new RatePolicy { Target = 1, Largest = 20, Initial = 20, Smoothing = 1, WindowMs = 1000, LatenessMs = 0, SkewMs = 0, LeadMs = 0, LongestMs = 1000 }),
        0,
        ImmutableSortedDictionary.Create<string, KeyRate>(StringComparer.Ordinal)
            .Add(string.Empty, new KeyRate(1, [new WeightVersion(0, 3)]))
            .Add("7", new KeyRate(1, [new WeightVersion(0, 4), new WeightVersion(500, 9)]))
            .Add("busy", new KeyRate(1, [new WeightVersion(0, 2), new WeightVersion(500, 17)])));

    // The deviation of the total is the root of the sum of w - 1, about 1,000 here; six of them are a false alarm in 10^9 seeds, and
    // a bias of 6 % of the rows fails.
    [Theory]
    [InlineData("site", 1)]
    [InlineData("site", 2)]
    [InlineData("shop", 3)]
    [InlineData(null, 4)]
    public void The_sum_of_weights_estimates_the_number_of_rows_without_bias(string? key, int seed)
    {
        var random = new Random(seed);
        using var harness = Harness(key);
        var (total, rows, variance) = (0L, 0, 0.0);
        for (var round = 0; round < 25; round++)
        {
            var (times, sites, shops) = (Draw(random, 0L, 300, 499, 500, 800), Draw(random, "busy", null, "other"), Draw(random, 7L, 8, Int64Column.Missing));
            using var batch = harness.Run(Batch(harness, Tokens(random, 4000), times, sites, shops));
            var kept = batch.ReadInt64(harness.Output, "sample-weight");
            total += batch.ReadSelected().Sum(row => kept[row]);
            rows += 4000;
            variance += Enumerable.Range(0, 4000).Sum(row => Expected(key, sites[row], shops[row], times[row]) - 1.0);
            Assert.All(batch.ReadSelected(), row => Assert.Equal(Expected(key, sites[row], shops[row], times[row]), kept[row]));
        }

        Assert.InRange(total, rows - (6 * Math.Sqrt(variance)), rows + (6 * Math.Sqrt(variance)));
        Assert.True(6 * Math.Sqrt(variance) < 0.06 * rows);
    }

    // 600 estimates: their variance is known to sqrt(2 / 600) = 6 %, so 30 % are five deviations.
    [Fact]
    public void Subjects_with_x_rows_of_weight_w_add_x_squared_times_w_less_one_to_the_variance()
    {
        var random = new Random(5);
        using var harness = Harness("site");
        var (sum, squares, expected) = (0.0, 0.0, 0.0);
        for (var subject = 0; subject < 1000; subject++)
        {
            expected += subject % 2 == 0 ? 9 * (2 - 1) : 9 * (17 - 1);
        }

        for (var trial = 0; trial < 600; trial++)
        {
            var subjects = Tokens(random, 1000);
            var tokens = Enumerable.Range(0, 3000).Select(row => subjects[row / 3]).ToArray();
            var times = Enumerable.Range(0, 3000).Select(row => row / 3 % 2 == 0 ? 0L : 500).ToArray();
            using var batch = harness.Run(Batch(harness, tokens, times, Enumerable.Repeat<string?>("busy", 3000).ToArray(), new long[3000]));
            var kept = batch.ReadInt64(harness.Output, "sample-weight");
            var total = batch.ReadSelected().Sum(row => kept[row]) - 3000.0;
            (sum, squares) = (sum + total, squares + (total * total));
        }

        Assert.InRange(squares / 600, 0.7 * expected, 1.3 * expected);
        Assert.InRange(sum / 600, -6 * Math.Sqrt(expected / 600), 6 * Math.Sqrt(expected / 600));
    }

    [Fact]
    public void A_subject_that_is_kept_at_a_weight_is_kept_at_every_smaller_one()
    {
        var random = new Random(6);
        using var harness = Harness("site");
        var tokens = Tokens(random, 2000);
        using var early = harness.Run(Batch(harness, tokens, new long[2000], Enumerable.Repeat<string?>("busy", 2000).ToArray(), new long[2000]));
        using var late = harness.Run(Batch(harness, tokens, Enumerable.Repeat(500L, 2000).ToArray(), Enumerable.Repeat<string?>("busy", 2000).ToArray(), new long[2000]));
        Assert.InRange(late.SelectedCount, 60, 180);
        Assert.Empty(late.ReadSelected().Except(early.ReadSelected()));
    }

    [Fact]
    public void Rows_wait_until_their_time_is_decided_and_come_out_as_if_they_had_not()
    {
        var (random, cell) = (new Random(7), Cell(500));
        using var harness = Harness("site", cell);
        using var calm = Harness("site");
        var (tokens, times, sites, shops) = (Tokens(random, 4000), Draw(random, 100L, 600, 1100), Draw(random, "busy", null, "other"), Draw(random, 7L));
        using var all = calm.Run(Batch(calm, tokens, times, sites, shops));
        using var first = harness.Run(Batch(harness, tokens, times, sites, shops));
        Assert.Equal(all.ReadSelected().Where(row => times[row] < 500), first.ReadSelected());
        Assert.Empty(Idle(harness));
        cell.State = cell.State with { HorizonMs = 1000 };
        var second = Assert.Single(Idle(harness));
        Assert.Equal(all.ReadSelected().Where(row => times[row] == 600), second.ReadSelected());
        cell.State = cell.State with { HorizonMs = 2000 };
        var third = Assert.Single(Idle(harness));
        Assert.Equal(all.ReadSelected().Where(row => times[row] == 1100), third.ReadSelected());
        Assert.All(third.ReadSelected(), row => Assert.Equal(all.ReadInt64(harness.Output, "sample-weight")[row], third.ReadInt64(harness.Output, "sample-weight")[row]));
        Assert.Empty(harness.Snapshot());
        second.Dispose();
        third.Dispose();
    }

    [Fact]
    public void Rows_that_wait_are_part_of_the_state()
    {
        var (random, cell) = (new Random(8), Cell(500));
        using var before = Harness("site", cell);
        using var after = Harness("site", cell);
        var (tokens, times, sites, shops) = (Tokens(random, 4000), Draw(random, 100L, 600, 1100), Draw(random, "busy", null, string.Empty, "other"), Draw(random, 7L, 9));
        before.RunAndDispose(Batch(before, tokens, times, sites, shops));
        var state = before.Snapshot();
        after.Restore(state);
        Assert.Equal(state, after.Snapshot());
        cell.State = cell.State with { HorizonMs = 2000 };
        var (expected, actual) = (Assert.Single(Idle(before)), Assert.Single(Idle(after)));
        Assert.InRange(actual.SelectedCount, 100, 3000);
        Assert.Equal(expected.ReadSelected(), actual.ReadSelected());
        Assert.Equal((expected.Partition, expected.FirstPosition, expected.Count), (actual.Partition, actual.FirstPosition, actual.Count));
        foreach (var row in expected.ReadSelected())
        {
            Assert.Equal(expected.Tokens(Schema.IndexOf("user")).Values[row], actual.Tokens(Schema.IndexOf("user")).Values[row]);
            Assert.Equal(expected.Text(Schema.IndexOf("site")).Spans[row].IsMissing, actual.Text(Schema.IndexOf("site")).Spans[row].IsMissing);
            Assert.Equal(sites[row] ?? string.Empty, System.Text.Encoding.UTF8.GetString(actual.Text(Schema.IndexOf("site"))[row]));
            Assert.Equal((shops[row], times[row]), (actual.ReadInt64(Schema, "shop")[row], actual.ReadInt64(Schema, "$time")[row]));
        }

        Assert.Throws<SnapshotException>(() => Harness("site", Cell(0)).Restore(state[..^5]));
        expected.Dispose();
        actual.Dispose();
    }

    [Fact]
    public void More_rows_than_memory_holds_end_the_run_and_name_what_to_raise()
    {
        var random = new Random(9);
        using var harness = new StageHarness(Schema, new AdaptiveSampleOperator("user", "n", 1, 0.05), Cell(500), memory: new StateBudget(1_000_000));
        harness.RunAndDispose(Batch(harness, Tokens(random, 100), Enumerable.Repeat(700L, 100).ToArray(), new string?[100], new long[100]));
        using var batch = Batch(harness, Tokens(random, 100), Enumerable.Repeat(700L, 100).ToArray(), new string?[100], new long[100]);
        var exception = Assert.Throws<PipelineException>(() => harness.Run(batch));
        Assert.Contains("runtime.state-memory-limit", exception.Message, StringComparison.Ordinal);
    }

    private static List<EventBatch> Idle(StageHarness harness) => harness.RunIdle();

    private static StageHarness Harness(string? key, FollowedCell? cell = null) =>
        new(Schema, new AdaptiveSampleOperator("user", "n", 1, 0.05) { Key = key }, followed: cell ?? Cell(long.MaxValue));

    private static FollowedCell Cell(long horizonMs) => new(new FollowedState(Rates, horizonMs));

    private static long Expected(string? key, string? site, long shop, long time) => key switch
    {
        null => 3,
        "shop" => shop == 7 ? (time < 500 ? 4 : 9) : shop == 8 ? 20 : 3,
        _ => site == "busy" ? (time < 500 ? 2 : 17) : site == null ? 3 : 20,
    };

    private static T[] Draw<T>(Random random, params T[] values) => [.. Enumerable.Range(0, 4000).Select(_ => values[random.Next(values.Length)])];

    private static Token[] Tokens(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new Token((ulong)random.NextInt64(), ((ulong)random.Next() << 33) ^ (ulong)random.NextInt64()))];

    private static EventBatch Batch(StageHarness harness, Token[] tokens, long[] times, string?[] sites, long[] shops) => harness.NewBatch(tokens.Length)
        .WithTokens(Schema, "user", tokens)
        .WithInt64(Schema, "$time", times)
        .WithText(Schema, "site", sites)
        .WithInt64(Schema, "shop", shops);
}
