using System.Text;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Generalise;
using AkkaPrivacy.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Generalise;

public sealed class GeneraliseOperatorTests
{
    private static readonly RowSchema Schema = TestColumns.RawText("x");

    public static TheoryData<GeneraliseTreatment> TextTreatments =>
        [new IpPrefixTreatment(), new DomainTreatment(), new UserAgentFamilyTreatment(), new TruncateTreatment(2)];

    [Theory]
    [MemberData(nameof(TextTreatments))]
    public void Unselected_rows_stay_so_missing_stays_missing_and_the_input_leaves(GeneraliseTreatment treatment)
    {
        using var harness = new StageHarness(Schema, new GeneraliseOperator("x", treatment));
        for (var round = 0; round < 2; round++)
        {
            var input = harness.NewBatch(4).WithText(Schema, "x", "something", null, "something", string.Empty).Without(2);
            using var batch = harness.Run(input);
            var texts = batch.ReadTexts(harness.Output, "x");
            Assert.Equal([TestColumns.Missing, "(not selected)", TestColumns.Missing], texts[1..]);
            Assert.NotEqual("something", texts[0]);
            Assert.False(batch.Has(Schema.IndexOf("x")));
        }
    }

    [Theory]
    [MemberData(nameof(TextTreatments))]
    public void A_shared_batch_keeps_its_column(GeneraliseTreatment treatment)
    {
        using var harness = new StageHarness(Schema, new GeneraliseOperator("x", treatment));
        var original = harness.NewBatch(2).WithText(Schema, "x", "1.2.3.4", "http://www.Example.com/");
        using var twin = original.Share();
        harness.Run(original).Dispose();
        Assert.Equal(["1.2.3.4", "http://www.Example.com/"], twin.ReadTexts(Schema, "x"));
    }

    [Theory]
    [MemberData(nameof(TextTreatments))]
    public void A_running_stage_allocates_nothing(GeneraliseTreatment treatment)
    {
        using var harness = new StageHarness(Schema, new GeneraliseOperator("x", treatment));
        using var template = harness.NewBatch(4).WithText(Schema, "x", "83.149.9.216", "2001:db8::1", "http://a.example/", "Chrome/1");
        Assert.Equal(0, Allocations.PerRun(harness, template));
    }

    [Theory]
    [MemberData(nameof(TextTreatments))]
    public void Suffices_for_a_quasi_identifier_but_not_for_direct_or_sensitive_fields(GeneraliseTreatment treatment)
    {
        Assert.True(treatment.SufficesFor(FieldClass.QuasiIdentifier));
        Assert.True(treatment.SufficesFor(FieldClass.Attribute));
        Assert.False(treatment.SufficesFor(FieldClass.DirectIdentifier));
        Assert.False(treatment.SufficesFor(FieldClass.Sensitive));
    }

    [Theory]
    [InlineData(FieldClass.QuasiIdentifier, FieldClass.Attribute, false)]
    [InlineData(FieldClass.DirectIdentifier, FieldClass.DirectIdentifier, true)]
    [InlineData(FieldClass.Sensitive, FieldClass.Sensitive, true)]
    public void A_column_that_needs_more_stays_raw(FieldClass given, FieldClass expected, bool raw)
    {
        var schema = RowSchema.Empty.Add(new ColumnDefinition("x", ColumnType.Text, given) { IsRaw = true });
        using var harness = new StageHarness(schema, new GeneraliseOperator("x", new TruncateTreatment(1)));
        var column = harness.Output.Find("x")!;
        Assert.Equal((expected, raw), (column.Class, column.IsRaw));
    }

    [Fact]
    public void Planning_reports_a_missing_field_and_a_wrong_type()
    {
        Assert.Contains("'x'", Assert.Single(StageHarness.ErrorsOf(new GeneraliseOperator("y", new DomainTreatment()), Schema)).Message);
        Assert.Contains("Int64", Assert.Single(StageHarness.ErrorsOf(new GeneraliseOperator("x", new StatusClassTreatment()), Schema)).Message);
    }

    [Fact]
    public void A_treatment_makes_its_operator_and_drop_takes_the_column_out()
    {
        var field = new FieldDefinition { Name = "x", Type = FieldType.Text, Class = FieldClass.QuasiIdentifier };
        using (var harness = new StageHarness(Schema, new TruncateTreatment(3).ToOperator(field)))
        {
            Assert.Equal("x:truncate(length=3)", harness.Plan.Description);
        }

        using var drop = new StageHarness(Schema, new DropTreatment().ToOperator(field));
        using var batch = drop.Run(drop.NewBatch(1).WithText(Schema, "x", "value"));
        Assert.Null(drop.Output.Find("x"));
        Assert.False(batch.Has(Schema.IndexOf("x")));
        Assert.All(Enum.GetValues<FieldClass>(), fieldClass => Assert.True(new DropTreatment().SufficesFor(fieldClass)));
    }

    [Fact]
    public void Truncation_keeps_whole_characters()
    {
        using var harness = new StageHarness(Schema, new GeneraliseOperator("x", new TruncateTreatment(3)));
        Assert.Equal(["abc", "äöü", "日本語", "😀😀😀", "ab", "a"], harness.Texts("x", "abcd", "äöüß", "日本語x", "😀😀😀😀", "ab", "a"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TruncateTreatment(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TruncateTreatment(65));
    }

    [Fact]
    public void Truncation_keeps_the_first_code_points_of_any_text()
    {
        using var harness = new StageHarness(Schema, new GeneraliseOperator("x", new TruncateTreatment(5)));
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), given =>
        {
            var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(given.Get));
            var expected = string.Concat(text.EnumerateRunes().Take(5));
            return harness.Texts("x", text)[0] == expected;
        }).QuickCheckThrowOnFailure();
    }
}
