using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Enrich;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Enrich;

public sealed class EnrichTests
{
    internal static readonly RowSchema Schema = RowSchema.Empty
        .Add(new ColumnDefinition("site", ColumnType.Text, FieldClass.Attribute))
        .Add(new ColumnDefinition("number", ColumnType.Int64, FieldClass.Attribute))
        .Add(new ColumnDefinition("user", ColumnType.Token, FieldClass.Attribute))
        .Add(new ColumnDefinition("mail", ColumnType.Text, FieldClass.DirectIdentifier) { IsRaw = true });

    private const string Csv = "site,country,\"fee, monthly\",extra\r\na,DE,1.50,x\n\n\"b \"\"q\"\"\",\"F\nR\",,\nc,,3,";

    [Theory]
    [InlineData(MissingKey.Empty, new[] { "DE", TestColumns.Missing, TestColumns.Missing, "F\nR", TestColumns.Missing })]
    [InlineData(MissingKey.Default, new[] { "DE", "??", TestColumns.Missing, "F\nR", "??" })]
    [InlineData(MissingKey.Drop, new[] { "DE", "(not selected)", TestColumns.Missing, "F\nR", "(not selected)" })]
    public void A_row_gets_the_columns_of_its_key(MissingKey missing, string[] countries)
    {
        using var harness = new StageHarness(Schema, new EnrichOperator("site", Table(Csv)) { Missing = missing, Defaults = new Dictionary<string, string> { ["country"] = "??" } });
        using var batch = harness.Run(Rows(harness, "a", "nowhere", "c", "b \"q\"", null));
        Assert.Equal(countries, batch.ReadTexts(harness.Output, "country"));
        var fees = batch.ReadInt64(harness.Output, "fee");
        Assert.Equal((150, 300, Int64Column.Missing), (fees[0], fees[2], fees[3]));
        Assert.Equal(missing == MissingKey.Drop ? 2 : 0, harness.DeadLetters.Counts.GetValueOrDefault(DeadLetterReason.NotInTable));
    }

    [Fact]
    public void Json_lines_and_whole_numbers_as_keys()
    {
        var table = Table("{\"site\":7,\"country\":\"DE\",\"fee, monthly\":2}\n\n{\"site\":\"-8\",\"country\":null}", TableFormat.JsonLines);
        using var harness = new StageHarness(Schema, new EnrichOperator("number", table));
        using var batch = harness.Run(Rows(harness, "", "", "", "").WithInt64(Schema, "number", 7, -8, 9, Int64Column.Missing));
        Assert.Equal(["DE", TestColumns.Missing, TestColumns.Missing, TestColumns.Missing], batch.ReadTexts(harness.Output, "country"));
        Assert.Equal([200, Int64Column.Missing, Int64Column.Missing, Int64Column.Missing], batch.ReadInt64(harness.Output, "fee"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_tables_agree_with_a_dictionary(int seed)
    {
        var random = new Random(seed);
        var expected = new Dictionary<string, string>();
        for (var i = 0; i < 5000; i++)
        {
            expected[$"k{random.Next(20_000)}"] = $"v{random.Next()}";
        }

        var text = "site,country,\"fee, monthly\"\n" + string.Join('\n', expected.Select(pair => $"{pair.Key},{pair.Value},"));
        using var harness = new StageHarness(Schema, new EnrichOperator("site", Table(text)));
        for (var round = 0; round < 5; round++)
        {
            var keys = Enumerable.Range(0, 3000).Select(_ => $"k{random.Next(20_000)}").ToArray();
            using var batch = harness.Run(Rows(harness, keys));
            Assert.Equal(keys.Select(key => expected.GetValueOrDefault(key, TestColumns.Missing)), batch.ReadTexts(harness.Output, "country"));
        }
    }

    [Theory]
    [InlineData("site,country,\"fee, monthly\"\na,DE,1\nb,FR,1\na,IT,1", "(sites.csv:4): the key is that of line 2; keys are unique")]
    [InlineData("site,country,\"fee, monthly\"\na,DE", "(sites.csv:2): there are 2 values for 3 columns")]
    [InlineData("site,country,\"fee, monthly\"\n,DE,1", "(sites.csv:2): there is no 'site'")]
    [InlineData("site,country,\"fee, monthly\"\n\na,DE,much", "(sites.csv:3): 'fee, monthly' is no number")]
    [InlineData("site,country,\"fee, monthly\"\na,\"DE,1", "(sites.csv:2): a quote is not closed")]
    [InlineData("site,country,\"fee, monthly\"\na,\"DE\"x,1", "(sites.csv:2): text follows a closing quote")]
    [InlineData("site,land,\"fee, monthly\"\na,DE,1", "(sites.csv:1): there is no column 'country'; there are 'site', 'land'")]
    [InlineData("", "(sites.csv:1): the file is empty")]
    public void Mistakes_of_a_file_have_lines_and_no_values(string text, string message)
    {
        var error = Assert.Single(StageHarness.ErrorsOf(new EnrichOperator("site", Table(text)), Schema));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("much", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_mistakes_are_named_and_many_are_reported_at_once()
    {
        void Says(string message, EnrichOperator node) => Assert.Contains(StageHarness.ErrorsOf(node, Schema), error => error.Message.Contains(message, StringComparison.Ordinal));
        Says("there is no such file", new EnrichOperator("site", Table("") with { Open = () => File.OpenRead("/no/such/file") }));
        Says("is not UTF-8", new EnrichOperator("site", Table("") with { Open = () => new MemoryStream([.. Encoding.UTF8.GetBytes(Csv), 0xff, 0xfe]) }));
        Says("more than 2 rows", new EnrichOperator("site", Table(Csv) with { MaxRows = 2 }));
        Says("no field 'nothing'", new EnrichOperator("nothing", Table(Csv)));
        Says("is of type Token", new EnrichOperator("user", Table(Csv)));
        Says("in the clear", new EnrichOperator("mail", Table(Csv)));
        Says("adds no column", new EnrichOperator("site", Table(Csv) with { Columns = [] }));
        Says("is there already", new EnrichOperator("site", Table(Csv) with { Columns = [new FieldDefinition { Name = "user", Type = FieldType.Text, Class = FieldClass.Attribute }] }));
        Says("needs a treatment", new EnrichOperator("site", Table(Csv) with { Columns = [new FieldDefinition { Name = "country", Type = FieldType.Text, Class = FieldClass.QuasiIdentifier }] }));
        Says("'planet', which is none", new EnrichOperator("site", Table(Csv)) { Defaults = new Dictionary<string, string> { ["planet"] = "x" } });
        Says("the line is no JSON object", new EnrichOperator("site", Table("[1]", TableFormat.JsonLines)));
        var text = "site,country,\"fee, monthly\"\n" + string.Join('\n', Enumerable.Range(0, 100).Select(i => $"k{i},DE,x"));
        Assert.InRange(StageHarness.ErrorsOf(new EnrichOperator("site", Table(text)), Schema).Count, 10, 20);
    }

    [Fact]
    public void The_content_is_in_the_plan_hash_and_the_order_of_its_rows_is_not()
    {
        string Text(string content, MissingKey missing = MissingKey.Empty) => new EnrichOperator("site", Table("site,country,\"fee, monthly\"\n" + content)) { Missing = missing }.Plan(Schema, new PlanErrors())!.Description;
        Assert.Equal(Text("a,DE,1\nb,FR,2"), Text("b,FR,2\na,DE,1\n"));
        Assert.NotEqual(Text("a,DE,1"), Text("a,DE,2"));
        Assert.NotEqual(Text("a,DE,1"), Text("a,,1"));
        Assert.NotEqual(Text("a,DE,1"), Text("a,DE,1", MissingKey.Drop));
        Assert.DoesNotContain("sites.csv", Text("a,DE,1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_needs_a_treatment_is_raw_until_it_has_had_it()
    {
        var table = Table(Csv) with { Columns = [new FieldDefinition { Name = "country", Type = FieldType.Text, Class = FieldClass.DirectIdentifier, Treatment = new TokenTreatment() }] };
        var nodes = EnrichExtensions.WithTreatments(new EnrichOperator("site", table), table);
        var raw = nodes[0].Plan(Schema, new PlanErrors())!.Output;
        Assert.True(raw.Find("country")!.IsRaw);
        Assert.Equal(ColumnType.Token, nodes[1].Plan(raw, new PlanErrors())!.Output.Find("country")!.Type);
    }

    [Fact]
    public void Looking_up_allocates_nothing_per_row()
    {
        using var harness = new StageHarness(Schema, new EnrichOperator("site", Table(Csv)));
        using var template = Rows(harness, [.. Enumerable.Range(0, 2000).Select(i => i % 3 == 0 ? "a" : $"x{i}")]);
        Assert.InRange(Allocations.PerRun(harness, template), 0, 200);
    }

    internal static LookupTableOptions Table(string text, TableFormat format = TableFormat.Csv) => new()
    {
        Name = "sites",
        File = "sites.csv",
        Format = format,
        Open = () => new MemoryStream(Encoding.UTF8.GetBytes(text)),
        Key = "site",
        Columns =
        [
            new FieldDefinition { Name = "country", Type = FieldType.Text, Class = FieldClass.Attribute },
            new FieldDefinition { Name = "fee", From = "fee, monthly", Type = FieldType.Decimal, Resolution = 0.01m, Class = FieldClass.Measure },
        ],
    };

    internal static EventBatch Rows(StageHarness harness, params string?[] sites) => harness.NewBatch(sites.Length)
        .WithInt64(Schema, "$time", new long[sites.Length]).WithText(Schema, "site", sites).WithInt64(Schema, "number", new long[sites.Length]);
}
