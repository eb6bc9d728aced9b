using System.Buffers;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.MapRows;

public sealed class MapOperatorTests
{
    private static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("page", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("bytes", ColumnType.Int64, FieldClass.Measure))
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("mail", ColumnType.Text, FieldClass.DirectIdentifier) { IsRaw = true });

    [Fact]
    public void A_filter_keeps_rows_and_is_asked_about_selected_ones_only()
    {
        var asked = new List<long>();
        using var harness = new StageHarness(Schema, Map.Filter("large", row =>
        {
            asked.Add(row.GetInt64("bytes"));
            return row.GetInt64("bytes") >= 10;
        }));
        using var batch = harness.Run(NewBatch(harness, 5, 10, 15, 20).Without(2));
        Assert.Equal([1, 3], batch.ReadSelected());
        Assert.Equal([5, 10, 20], asked);
        Assert.Empty(harness.DeadLetters.Counts);
        Assert.Same(Schema, harness.Output);
    }

    [Fact]
    public void A_row_shows_text_number_token_and_time()
    {
        using var harness = new StageHarness(Schema, Map.Filter("all", row =>
            row.GetText("page").StartsWith("/p"u8) && row.GetToken("user") == new Token(7, 0)
            && row.GetInt64("$time") == 1000 && row.EventTime == DateTimeOffset.FromUnixTimeSeconds(1)));
        using var batch = harness.Run(NewBatch(harness, 1));
        Assert.Equal(1, batch.SelectedCount);
    }

    [Fact]
    public void A_number_is_added_and_a_replaced_column_can_be_read_meanwhile()
    {
        using var harness = new StageHarness(Schema, Map.Int64("bytes", row => 2 * row.GetInt64("bytes")));
        var original = NewBatch(harness, 1, 2, 3);
        using var twin = original.Share();
        using var batch = harness.Run(original);
        Assert.Equal([2, 4, 6], batch.ReadInt64(harness.Output, "bytes"));
        Assert.Equal([1, 2, 3], twin.ReadInt64(Schema, "bytes"));
        Assert.False(batch.Has(Schema.IndexOf("bytes")));
    }

    [Fact]
    public void A_text_is_written_or_missing_and_nothing_of_a_failed_row_shows()
    {
        using var harness = new StageHarness(Schema, Map.Text("section", (row, text) =>
        {
            text.Write("s"u8);
            text.Write(row.GetText("page"));
            return row.GetInt64("bytes") switch
            {
                0 => throw new FormatException("a value"),
                1 => false,
                _ => true,
            };
        }));
        using var batch = harness.Run(NewBatch(harness, 2, 0, 1, 3));
        Assert.Equal(["s/p0", "(not selected)", TestColumns.Missing, "s/p3"], batch.ReadTexts(harness.Output, "section"));
    }

    [Fact]
    public void A_long_text_grows_the_arena()
    {
        var large = Encoding.ASCII.GetBytes(new string('x', 700_000));
        using var harness = new StageHarness(Schema, Map.Text("copy", (_, text) =>
        {
            large.CopyTo(text.GetMemory(large.Length));
            text.Advance(large.Length);
            return true;
        }));
        using var batch = harness.Run(NewBatch(harness, 1, 2));
        Assert.All(batch.ReadTexts(harness.Output, "copy"), text => Assert.Equal(large.Length, text.Length));
    }

    [Fact]
    public void An_exception_makes_a_dead_letter_with_position_and_name_and_no_message()
    {
        using var harness = new StageHarness(Schema, Map.Filter("odd", row =>
            row.GetInt64("bytes") % 2 == 1 ? throw new InvalidOperationException("ann@example.com") : true));
        using var batch = harness.Run(NewBatch(harness, 1, 2, 3));
        Assert.Equal([1], batch.ReadSelected());
        Assert.Equal(2, harness.DeadLetters.Counts[DeadLetterReason.StageError]);
        Assert.Equal(
            [new DeadLetter(DeadLetterReason.StageError, 3, 1000, "odd"), new DeadLetter(DeadLetterReason.StageError, 3, 1002, "odd")],
            harness.DeadLetters.Samples);
    }

    [Fact]
    public void A_column_that_is_unknown_raw_or_of_another_type_ends_the_pipeline()
    {
        Assert.Contains("'page'", Failure(row => row.GetInt64("pages") > 0));
        Assert.Contains("in the clear", Failure(row => row.GetText("mail").IsEmpty));
        Assert.Contains("Token", Failure(row => row.GetText("user").IsEmpty));
    }

    [Fact]
    public void A_writer_that_is_kept_takes_nothing_after_the_call()
    {
        IBufferWriter<byte>? kept = null;
        using var harness = new StageHarness(Schema, Map.Text("copy", (_, text) =>
        {
            kept = text;
            return false;
        }));
        harness.Run(NewBatch(harness, 1)).Dispose();
        Assert.Throws<InvalidOperationException>(() => kept!.GetSpan(1));
    }

    [Fact]
    public void Planning_reports_names_versions_and_raw_columns()
    {
        Assert.Equal(2, StageHarness.ErrorsOf(Map.Filter("a b", _ => true, version: 0), Schema).Count);
        Assert.Contains("in the clear", Assert.Single(StageHarness.ErrorsOf(Map.Text("mail", (_, _) => true), Schema)).Message);
    }

    [Fact]
    public void Name_and_version_stand_for_the_lambda_in_the_plan()
    {
        using var harness = new StageHarness(Schema, Map.Int64("dwell", _ => 1, version: 2));
        Assert.Equal("map.int64(dwell,version=2)", harness.Plan.Description);
        Assert.Equal(FieldClass.Measure, harness.Output.Find("dwell")!.Class);
    }

    [Fact]
    public void Renaming_keeps_slot_class_and_values()
    {
        using var harness = new StageHarness(Schema, new RenameOperator("page", "path"));
        using var batch = harness.Run(NewBatch(harness, 1, 2));
        Assert.Equal(["/p0", "/p1"], batch.ReadTexts(harness.Output, "path"));
        Assert.Equal((-1, Schema.IndexOf("page")), (harness.Output.IndexOf("page"), harness.Output.IndexOf("path")));
        Assert.Equal(2, StageHarness.ErrorsOf(new RenameOperator("pages", "user"), Schema).Count);
        Assert.Single(StageHarness.ErrorsOf(new RenameOperator("$time", "when"), Schema));
        Assert.Single(StageHarness.ErrorsOf(new RenameOperator("page", "a b"), Schema));
    }

    [Fact]
    public void Dropping_takes_columns_out()
    {
        using var harness = new StageHarness(Schema, new DropOperator("page", "mail"));
        using var batch = harness.Run(NewBatch(harness, 1));
        Assert.Equal("'bytes', 'user'", harness.Output.Names());
        Assert.False(batch.Has(Schema.IndexOf("page")));
        Assert.Equal([1], batch.ReadInt64(harness.Output, "bytes"));
        Assert.Equal(2, StageHarness.ErrorsOf(new DropOperator("pages", "$time"), Schema).Count);
        Assert.Single(StageHarness.ErrorsOf(new DropOperator(), Schema));
    }

    private static EventBatch NewBatch(StageHarness harness, params long[] bytes)
    {
        string[] pages = [.. bytes.Select((_, row) => $"/p{row}")];
        return harness.NewBatch(bytes.Length)
            .WithInt64(Schema, "$time", [.. bytes.Select(_ => 1000L)])
            .WithText(Schema, "page", pages)
            .WithInt64(Schema, "bytes", bytes)
            .WithTokens(Schema, "user", [.. bytes.Select(_ => new Token(7, 0))])
            .WithText(Schema, "mail", pages);
    }

    private static string Failure(RowPredicate predicate)
    {
        using var harness = new StageHarness(Schema, Map.Filter("faulty", predicate));
        using var batch = NewBatch(harness, 1);
        return Assert.Throws<RowColumnException>(() => harness.Run(batch)).Message;
    }
}
