using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Dedup;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Dedup;

public sealed class DedupOperatorTests
{
    private static readonly Token Ann = new(1, 2);
    private static readonly Token Bob = new(3, 4);

    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("id", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("number", ColumnType.Int64, FieldClass.Attribute))
        .Add(new ColumnDefinition("token", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("mail", ColumnType.Text, FieldClass.DirectIdentifier) { IsRaw = true });

    [Fact]
    public void A_second_row_of_a_subject_and_id_within_the_horizon_is_taken_out_and_counted()
    {
        using var harness = new StageHarness(Schema, Of("id", 100));
        using var batch = harness.Run(Rows(harness, (Ann, "a", 0), (Ann, "a", 100), (Ann, "a", 101), (Ann, "b", 0), (Bob, "a", 0), (Bob, "a", -100)));
        Assert.Equal([0, 2, 3, 4], batch.ReadSelected());
        Assert.Equal(2, harness.DeadLetters.Counts[DeadLetterReason.Duplicate]);
        using var again = harness.Run(Rows(harness, (Ann, "b", 50), (Ann, "c", 50)));
        Assert.Equal([1], again.ReadSelected());
    }

    [Fact]
    public void Rows_of_one_accounting_period_change_nothing_in_the_next()
    {
        using var harness = new StageHarness(Schema, Of("id", 100), periodMs: 1000);
        using var batch = harness.Run(Rows(harness, (Ann, "a", 990), (Ann, "a", 999), (Ann, "a", 1000), (Ann, "a", 1001), (Ann, "b", -1), (Ann, "b", 0)));
        Assert.Equal([0, 2, 4, 5], batch.ReadSelected());
    }

    [Fact]
    public void A_row_without_an_id_passes()
    {
        using var harness = new StageHarness(Schema, Of("id", 100));
        using var batch = harness.Run(Rows(harness, (Ann, null, 0), (Ann, null, 0), (Ann, "", 0), (Ann, "", 0)));
        Assert.Equal(4, batch.SelectedCount);
    }

    [Theory]
    [InlineData("number")]
    [InlineData("token")]
    public void Numbers_and_tokens_are_ids_too(string field)
    {
        using var harness = new StageHarness(Schema, Of(field, 0));
        using var batch = harness.Run(Rows(harness, (Ann, "", 0), (Ann, "", 0), (Ann, "", 0))
            .WithInt64(Schema, "number", 7, 7, Int64Column.Missing).WithTokens(Schema, "token", Bob, Bob, default));
        Assert.Equal([0, 2], batch.ReadSelected());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 30)]
    [InlineData(3, 1000)]
    [InlineData(4, 7)]
    public void Random_streams_agree_with_a_list_of_all_events(int seed, int horizon)
    {
        var random = new Random(seed);
        using var harness = new StageHarness(Schema, Of("id", horizon));
        var seen = new List<(Token User, string Id, long Time)>();
        for (var round = 0; round < 25; round++)
        {
            var rows = Enumerable.Range(0, random.Next(1, 200))
                .Select(_ => (User: random.Next(2) == 0 ? Ann : Bob, Id: (string?)$"e{random.Next(40)}", Time: (long)random.Next(-1000, 2000))).ToArray();
            var expected = new List<int>();
            foreach (var (i, row) in rows.Index())
            {
                if (!seen.Exists(other => other.User == row.User && other.Id == row.Id && Math.Abs(other.Time - row.Time) <= horizon))
                {
                    seen.Add((row.User, row.Id!, row.Time));
                    expected.Add(i);
                }
            }

            using var batch = harness.Run(Rows(harness, rows));
            Assert.Equal(expected, batch.ReadSelected());
        }
    }

    [Fact]
    public void One_subject_cannot_change_what_passes_of_another()
    {
        var random = new Random(5);
        var ofBob = Enumerable.Range(0, 300).Select(i => (Bob, (string?)$"e{random.Next(100)}", (long)i)).ToArray();
        var ofAnn = Enumerable.Range(0, 3000).Select(i => (Ann, (string?)$"e{random.Next(100)}", (long)random.Next(1000))).ToArray();
        using var alone = new StageHarness(Schema, Of("id", 50));
        using var together = new StageHarness(Schema, Of("id", 50));
        together.Run(Rows(together, ofAnn)).Dispose();
        using var first = alone.Run(Rows(alone, ofBob));
        using var second = together.Run(Rows(together, ofBob));
        Assert.Equal(first.ReadSelected(), second.ReadSelected());
    }

    [Fact]
    public void A_frontier_forgets_what_cannot_be_repeated_and_nothing_else()
    {
        using var harness = new StageHarness(Schema, Of("id", 100));
        harness.Run(Rows(harness, (Ann, "old", 899), (Ann, "edge", 900), (Ann, "new", 1000))).Dispose();
        harness.OnFrontier(new Frontier(0, 1000, false));
        Assert.Equal(2, ((DedupStage)harness.Stage).Count);
        using var batch = harness.Run(Rows(harness, (Ann, "edge", 1000), (Ann, "new", 1050), (Ann, "old", 1000)));
        Assert.Equal([2], batch.ReadSelected());
    }

    [Theory]
    [InlineData("id")]
    [InlineData("number")]
    public void State_is_taken_up_and_holds_no_id(string field)
    {
        using var harness = new StageHarness(Schema, Of(field, 100));
        (Token, string?, long)[] rows = [.. Enumerable.Range(0, 3000).Select(i => (Ann, (string?)$"secret-{i}", 10L))];
        EventBatch Batch(StageHarness to) => Rows(to, rows).WithInt64(Schema, "number", [.. Enumerable.Range(0, 3000).Select(i => 0x1122334455667788 + i)]);
        harness.Run(Batch(harness)).Dispose();
        var state = harness.Snapshot();
        Assert.Equal(-1, state.AsSpan().IndexOf("secret"u8));
        Assert.Equal(-1, state.AsSpan().IndexOf(BitConverter.GetBytes(0x1122334455667788)));
        using var resumed = new StageHarness(Schema, Of(field, 100));
        resumed.Restore(state);
        using var batch = resumed.Run(Batch(resumed));
        Assert.Equal(0, batch.SelectedCount);
        Assert.Equal(state.Length, resumed.Snapshot().Length);
    }

    [Fact]
    public void State_of_another_version_or_damaged_is_refused()
    {
        using var harness = new StageHarness(Schema, Of("id", 100));
        harness.Run(Rows(harness, (Ann, "a", 0))).Dispose();
        var state = harness.Snapshot();
        Assert.Throws<SnapshotException>(() => new StageHarness(Schema, Of("id", 100)).Restore(state[..^1]));
        Assert.Throws<SnapshotException>(() => new StageHarness(Schema, Of("id", 100)).Restore([2, .. state[1..]]));
        Assert.Empty(new StageHarness(Schema, Of("id", 100)).Snapshot());
    }

    [Fact]
    public void More_ids_than_the_limit_end_the_run_with_what_to_do()
    {
        using var harness = new StageHarness(Schema, new DedupOperator("user", "id", TimeSpan.FromHours(1)) { MaxIds = 3 });
        harness.Run(Rows(harness, (Ann, "a", 0), (Ann, "b", 0), (Ann, "c", 0))).Dispose();
        using var batch = Rows(harness, (Ann, "a", 0), (Ann, "secret", 0));
        var failure = Assert.Throws<PipelineException>(() => harness.Run(batch));
        Assert.Contains("more than 3 event ids", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_that_is_used_again_and_again_costs_no_more()
    {
        using var harness = new StageHarness(Schema, Of("id", 0));
        for (var round = 0; round < 50; round++)
        {
            harness.Run(Rows(harness, [.. Enumerable.Range(0, 4000).Select(i => (Ann, (string?)"same", (long)((round * 4000) + i)))])).Dispose();
        }

        Assert.Equal(200_000, ((DedupStage)harness.Stage).Count);
    }

    [Fact]
    public void Repetitions_cost_no_memory()
    {
        using var harness = new StageHarness(Schema, Of("id", 100));
        using var template = Rows(harness, [.. Enumerable.Range(0, 2000).Select(i => (Ann, (string?)$"e{i}", 0L))]);
        Assert.InRange(Allocations.PerRun(harness, template), 0, 200);
    }

    [Fact]
    public void The_limit_is_in_no_plan_hash_and_the_rest_is()
    {
        string Text(DedupOperator node) => node.Plan(Schema, new())!.Description;
        Assert.Equal(Text(Of("id", 5)), Text(new DedupOperator("user", "id", TimeSpan.FromMilliseconds(5)) { MaxIds = 9 }));
        Assert.NotEqual(Text(Of("id", 5)), Text(Of("id", 6)));
        Assert.True(Of("id", 5).Plan(Schema, new())!.BySubject);
    }

    [Theory]
    [InlineData("nobody", "id", 0, "no field 'nobody'")]
    [InlineData("number", "id", 0, "tokenize the field first")]
    [InlineData("user", "nothing", 0, "no field 'nothing'")]
    [InlineData("user", "mail", 0, "in the clear")]
    [InlineData("user", "$time", 0, "is a time")]
    [InlineData("user", "user", 0, "names the subject")]
    [InlineData("user", "id", -1, "0 to 366 days")]
    public void Mistakes_are_named(string user, string id, int horizon, string message) => Assert.Contains(
        message, Assert.Single(StageHarness.ErrorsOf(new DedupOperator(user, id, TimeSpan.FromMilliseconds(horizon)), Schema)).Message, StringComparison.Ordinal);

    private static DedupOperator Of(string field, int horizonMs) => new("user", field, TimeSpan.FromMilliseconds(horizonMs));

    private static EventBatch Rows(StageHarness harness, params (Token User, string? Id, long Time)[] rows) => harness.NewBatch(rows.Length)
        .WithInt64(Schema, "$time", [.. rows.Select(row => row.Time)])
        .WithTokens(Schema, "user", [.. rows.Select(row => row.User)])
        .WithText(Schema, "id", [.. rows.Select(row => row.Id)]);
}
