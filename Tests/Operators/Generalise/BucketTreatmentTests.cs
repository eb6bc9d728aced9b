using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Generalise;

public sealed class BucketTreatmentTests
{
    private static readonly RowSchema Bytes = TestColumns.Of(ColumnType.Int64, "bytes");

    [Fact]
    public void Names_the_bucket_of_a_number()
    {
        Assert.Equal(
            ["<0", "<0", "0-99", "0-99", "100-999", "100-999", "1000+", "1000+", TestColumns.Missing],
            Run(Bytes, new BucketTreatment(0, 100, 1000), long.MinValue + 1, -1, 0, 99, 100, 999, 1000, long.MaxValue, Int64Column.Missing));
    }

    [Fact]
    public void Single_numbers_and_negative_ranges_are_readable() =>
        Assert.Equal(
            ["<-10", "-10 to -1", "0", "1-4", "5+"],
            Run(Bytes, new BucketTreatment(-10, 0, 1, 5), -11, -5, 0, 3, 5));

    [Fact]
    public void Edges_of_a_decimal_field_are_values_and_not_units()
    {
        var cents = RowSchema.Empty.Add(new ColumnDefinition("price", ColumnType.Int64, FieldClass.Measure) { Resolution = 0.01m });
        Assert.Equal(
            ["<0", "[0,100)", "[0,100)", "100+"],
            Run(cents, new BucketTreatment(0, 100), -1, 0, 9999, 10_000));
        var thirds = RowSchema.Empty.Add(new ColumnDefinition("price", ColumnType.Int64, FieldClass.Measure) { Resolution = 3 });
        Assert.Equal(["<10", "10+"], Run(thirds, new BucketTreatment(10), 3, 4));
    }

    [Fact]
    public void An_edge_beyond_the_units_of_the_column_is_a_mistake_in_the_plan()
    {
        var fine = RowSchema.Empty.Add(new ColumnDefinition("x", ColumnType.Int64, FieldClass.Measure) { Resolution = 0.0001m });
        var errors = StageHarness.ErrorsOf(new GeneraliseOperator("x", new BucketTreatment(long.MaxValue)), fine);
        Assert.Contains("out of range", Assert.Single(errors).Message);
    }

    [Fact]
    public void Edges_are_one_to_64_and_ascend()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BucketTreatment());
        Assert.Throws<ArgumentOutOfRangeException>(() => new BucketTreatment(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BucketTreatment(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BucketTreatment(Enumerable.Range(0, 65).Select(i => (long)i)));
        Assert.Equal(64, new BucketTreatment(Enumerable.Range(0, 64).Select(i => (long)i)).Edges.Length);
    }

    [Fact]
    public void Equal_edges_make_equal_treatments_with_a_stable_description()
    {
        Assert.Equal(new BucketTreatment(0, 5), new BucketTreatment(0, 5));
        Assert.NotEqual(new BucketTreatment(0, 5), new BucketTreatment(0, 6));
        Assert.Equal("bucket(edges=0|5)", new BucketTreatment(0, 5).Description);
    }

    [Fact]
    public void Status_codes_have_classes()
    {
        Assert.Equal(
            ["other", "1xx", "2xx", "4xx", "5xx", "other", "other", TestColumns.Missing],
            Run(Bytes, new StatusClassTreatment(), 99, 100, 200, 404, 599, 600, long.MaxValue, Int64Column.Missing));
    }

    private static string[] Run(RowSchema schema, GeneraliseTreatment treatment, params long[] values)
    {
        var field = schema.Columns.Last().Column.Name;
        using var harness = new StageHarness(schema, new GeneraliseOperator(field, treatment));
        using var batch = harness.Run(harness.NewBatch(values.Length).WithInt64(schema, field, values));
        return batch.ReadTexts(harness.Output, field);
    }
}
