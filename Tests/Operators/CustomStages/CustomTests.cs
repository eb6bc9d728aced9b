using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.CustomStages;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.CustomStages;

public sealed class CustomTests
{
    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("tags", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("bytes", ColumnType.Int64, FieldClass.Measure))
        .Add(new ColumnDefinition("mail", ColumnType.Text, FieldClass.DirectIdentifier) { IsRaw = true });

    [Fact]
    public void A_batch_stage_reads_columns_drops_rows_and_fills_what_it_adds()
    {
        var node = Custom.Batch(
            "double",
            Stability.OneToOne,
            batch =>
            {
                var bytes = batch.Int64("bytes");
                var twice = batch.NewInt64("bytes");
                foreach (var row in batch.SelectedRows)
                {
                    twice[row] = 2 * bytes[row];
                    if (row != 1)
                    {
                        batch.SetText("first", row, batch.Text("tags", row)[..1]);
                    }

                    if (bytes[row] == 3)
                    {
                        batch.Drop(row);
                    }
                }
            },
            [new CustomColumn("bytes", ColumnType.Int64), new CustomColumn("first", ColumnType.Text)]);
        using var harness = new StageHarness(Schema, node);
        using var batch = harness.Run(Rows(harness, "a b", "b", "c", "d").WithInt64(Schema, "bytes", 1, 2, 3, 4).Without(3));
        Assert.Equal([0, 1], batch.ReadSelected());
        Assert.Equal([2, 4], batch.ReadInt64(harness.Output, "bytes")[..2]);
        Assert.Equal(["a", TestColumns.Missing], batch.ReadTexts(harness.Output, "first")[..2]);
        Assert.False(batch.Has(Schema.IndexOf("bytes")));
        Assert.Equal("custom.batch[bytes:Int64,first:Text](double,one-to-one,version=1)", harness.Plan.Description);
    }

    [Fact]
    public void A_row_becomes_a_row_for_each_value_with_its_own_position()
    {
        using var harness = new StageHarness(Schema, Custom.Expand("tag", Stability.OneToAtMost(3), Split));
        var rows = harness.RunAll(Rows(harness, "a b c", "d", "", "e f", "g h i j").Without(1));
        Assert.Equal([(0, "a"), (0, "b"), (0, "c"), (3, "e"), (3, "f")], rows.SelectMany(batch => Read(harness, batch)).Order());
        Assert.All(rows, batch => Assert.Equal((3, 1000L), (batch.Partition, batch.FirstPosition)));
        rows.ForEach(batch => batch.Dispose());
        Assert.Equal([new DeadLetter(DeadLetterReason.StageError, 3, 1004, "tag")], harness.DeadLetters.Samples);
        Assert.Equal(Stability.OneToAtMost(3), harness.Plan.Stability);
    }

    [Fact]
    public void Random_rows_become_what_a_list_says()
    {
        var random = new Random(4);
        using var harness = new StageHarness(Schema, Custom.Expand("tags", Stability.OneToAtMost(6), Split));
        for (var round = 0; round < 30; round++)
        {
            var texts = Enumerable.Range(0, random.Next(1, 300)).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(7)).Select(_ => random.Next(50)))).ToArray();
            var batches = harness.RunAll(Rows(harness, texts));
            var expected = texts.Index().SelectMany(pair => pair.Item.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(tag => (pair.Index, tag)));
            Assert.Equal(expected.Order(), batches.SelectMany(batch => Read(harness, batch, "tags")).Order());
            batches.ForEach(batch => batch.Dispose());
        }
    }

    [Fact]
    public void Expanding_allocates_nothing_per_row()
    {
        using var harness = new StageHarness(Schema, Custom.Expand("tag", Stability.OneToAtMost(2), (row, values) =>
        {
            values.Add(row.GetText("tags"));
            values.Add("again"u8);
        }));
        using var template = Rows(harness, [.. Enumerable.Range(0, 2000).Select(i => $"t{i}")]);
        harness.RunAll(template.Share()).ForEach(batch => batch.Dispose());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 20; round++)
        {
            harness.RunAndDispose(template.Share());
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20, 0, 400);
    }

    [Fact]
    public void Columns_that_are_raw_unknown_or_not_declared_end_the_pipeline()
    {
        void Fails(Action<BatchView> action)
        {
            using var harness = new StageHarness(Schema, Custom.Batch("x", Stability.OneToOne, batch => action(batch)));
            using var batch = Rows(harness, "a");
            Assert.Throws<RowColumnException>(() => harness.Run(batch));
        }

        Fails(batch => batch.Text("mail", 0).ToString());
        Fails(batch => batch.Int64("nothing").ToString());
        Fails(batch => batch.NewInt64("bytes").Clear());
    }

    [Fact]
    public void A_view_that_is_kept_shows_nothing_after_the_call()
    {
        BatchView? kept = null;
        using var harness = new StageHarness(Schema, Custom.Batch("x", Stability.OneToOne, batch => kept = batch));
        harness.Run(Rows(harness, "a")).Dispose();
        Assert.Throws<InvalidOperationException>(() => kept!.Count);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        void Says(string message, CustomOperator node) =>
            Assert.Contains(StageHarness.ErrorsOf(node, Schema), error => error.Message.Contains(message, StringComparison.Ordinal));
        Says("declares no stability", Custom.Batch("x", default, _ => { }));
        Says("1 to 64 characters", Custom.Batch("a b", Stability.OneToOne, _ => { }));
        Says("version 0", Custom.Batch("x", Stability.OneToOne, _ => { }, version: 0));
        Says("in the clear", Custom.Batch("x", Stability.OneToOne, _ => { }, [new CustomColumn("mail", ColumnType.Text)]));
        Says("is a time", Custom.Batch("x", Stability.OneToOne, _ => { }, [new CustomColumn("t", ColumnType.Time)]));
        Says("a column twice", Custom.Batch("x", Stability.OneToOne, _ => { }, [new CustomColumn("t", ColumnType.Text), new CustomColumn("t", ColumnType.Int64)]));
        Says("makes no rows", Custom.Batch("x", Stability.OneToAtMost(2), _ => { }));
        Says("at most 256", Custom.Expand("x", Stability.OneToAtMost(257), Split));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stability.OneToAtMost(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stability.AcrossSubjects(10_001));
        Assert.Equal("undeclared", default(Stability).ToString());
    }

    private static void Split(RowView row, RowValues values)
    {
        foreach (var tag in Encoding.UTF8.GetString(row.GetText("tags")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            values.Add(Encoding.UTF8.GetBytes(tag));
        }
    }

    private static EventBatch Rows(StageHarness harness, params string[] tags) => harness.NewBatch(tags.Length)
        .WithText(Schema, "tags", tags).WithInt64(Schema, "bytes", new long[tags.Length]);

    private static IEnumerable<(int Row, string Tag)> Read(StageHarness harness, EventBatch batch, string field = "tag")
    {
        var texts = batch.ReadTexts(harness.Output, field);
        return batch.ReadSelected().Select(row => (row, texts[row]));
    }
}
