using System.Runtime.InteropServices;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Sample;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Sample;

public sealed class SampleOperatorTests
{
    private static readonly RowSchema Schema = TestColumns.Of(ColumnType.Token, "user");

    [Fact]
    public void Keeps_a_subject_with_all_its_rows_or_none_in_every_batch()
    {
        var subjects = Tokens(50, seed: 1);
        using var harness = new StageHarness(Schema, new SampleOperator("user", 0.3));
        var verdicts = new Dictionary<Token, bool>();
        for (var round = 0; round < 5; round++)
        {
            Token[] rows = [.. Enumerable.Range(0, 500).Select(row => subjects[row * (round + 7) % subjects.Length])];
            using var batch = harness.Run(harness.NewBatch(rows.Length).WithTokens(Schema, "user", rows));
            for (var row = 0; row < rows.Length; row++)
            {
                verdicts.TryAdd(rows[row], batch.IsSelected(row));
                Assert.Equal(verdicts[rows[row]], batch.IsSelected(row));
            }
        }

        Assert.Contains(true, verdicts.Values);
        Assert.Contains(false, verdicts.Values);
        Assert.Empty(harness.DeadLetters.Counts);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.999)]
    public void The_share_of_kept_subjects_is_within_binomial_bounds(double rate)
    {
        const int Subjects = 200_000;
        var kept = Tokens(Subjects, seed: 2).Count(new SampleThreshold(rate).Keeps);

        // Six standard deviations: a false alarm in 10^9 seeds.
        var deviation = Math.Sqrt(Subjects * rate * (1 - rate));
        Assert.InRange(kept, (Subjects * rate) - (6 * deviation), (Subjects * rate) + (6 * deviation));
    }

    [Fact]
    public void A_larger_rate_keeps_whoever_a_smaller_one_keeps()
    {
        var subjects = Tokens(5000, seed: 3);
        double[] rates = [SampleThreshold.MinRate, 1e-4, 0.01, 0.1, 0.3333, 0.5, 0.9, 1];
        foreach (var (smaller, larger) in rates.Zip(rates.Skip(1)))
        {
            Assert.All(subjects.Where(new SampleThreshold(smaller).Keeps), subject => Assert.True(new SampleThreshold(larger).Keeps(subject)));
        }
    }

    [Fact]
    public void Rate_one_keeps_every_row_even_without_a_subject()
    {
        using var harness = new StageHarness(Schema, new SampleOperator("user", 1));
        using var batch = harness.Run(harness.NewBatch(100).WithTokens(Schema, "user", [default, .. Tokens(99, seed: 4)]));
        Assert.Equal(100, batch.SelectedCount);
    }

    [Fact]
    public void A_row_without_a_subject_is_outside_every_real_sample() =>
        Assert.False(new SampleThreshold(0.999999).Keeps(default));

    [Fact]
    public void Rows_that_are_not_selected_stay_so_and_no_row_beyond_the_count_appears()
    {
        var subjects = Tokens(130, seed: 5);
        using var harness = new StageHarness(Schema, new SampleOperator("user", 0.5));
        int[] gone = [.. Enumerable.Range(0, 130).Where(row => row % 3 == 0)];
        using var batch = harness.Run(harness.NewBatch(130).WithTokens(Schema, "user", subjects).Without(gone));
        var expected = Enumerable.Range(0, 130).Where(row => row % 3 != 0 && new SampleThreshold(0.5).Keeps(subjects[row]));
        Assert.Equal(expected, batch.ReadSelected());
    }

    [Fact]
    public void A_shared_batch_keeps_its_own_selection()
    {
        using var harness = new StageHarness(Schema, new SampleOperator("user", 0.1));
        var original = harness.NewBatch(100).WithTokens(Schema, "user", Tokens(100, seed: 6));
        using var twin = original.Share();
        using var batch = harness.Run(original);
        Assert.Equal(100, twin.SelectedCount);
        Assert.True(batch.SelectedCount < 50);
    }

    [Fact]
    public void Kept_subjects_spread_evenly_over_hash_slots_and_lanes()
    {
        var kept = Tokens(400_000, seed: 7).Where(new SampleThreshold(1.0 / 16).Keeps).ToArray();
        double[] expected = [.. Enumerable.Repeat(kept.Length / 64.0, 64)];
        Func<Token, int>[] slots =
            [token => token.GetHashCode() & 63, token => (int)((uint)token.GetHashCode() >> 26), token => (int)(token.Low & 63), token => (int)(token.High >> 58)];
        foreach (var slot in slots)
        {
            var observed = new long[64];
            Array.ForEach(kept, token => observed[slot(token)]++);
            Assert.True(ChiSquare.Accepts(observed, expected));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(1.0000001)]
    [InlineData(1e-18)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_rate_out_of_range_is_a_mistake_in_the_plan(double rate) =>
        Assert.Contains("at most 1", Assert.Single(StageHarness.ErrorsOf(new SampleOperator("user", rate), Schema)).Message);

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        Assert.Equal(2, StageHarness.ErrorsOf(new SampleOperator("usr", 7), Schema).Count);
        var text = TestColumns.RawText("user");
        Assert.Contains("tokenize", Assert.Single(StageHarness.ErrorsOf(new SampleOperator("user", 0.5), text)).Message);
    }

    [Fact]
    public void The_plan_leaves_the_schema_and_states_weight_and_description()
    {
        using var harness = new StageHarness(Schema, new SampleOperator("user", 0.125));
        Assert.Same(Schema, harness.Output);
        Assert.Equal((8.0, Stability.OneToOne, "sample(subject=user,rate=0.125)"), (harness.Plan.Weight, harness.Plan.Stability, harness.Plan.Description));
    }

    private static Token[] Tokens(int count, ulong seed)
    {
        var tokens = new Token[count];
        new SeededRandomSource(seed).Fill(MemoryMarshal.AsBytes(tokens.AsSpan()));
        return tokens;
    }
}
