using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Operators.Tokenize;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.Operators.Tokenize;

public sealed class TokenizeOperatorTests
{
    private static readonly RowSchema Schema = TestColumns.RawText("user");

    [Fact]
    public void Tokens_are_truncated_standard_digests_under_the_key_of_the_purpose()
    {
        string[] users = [.. Enumerable.Range(0, 1000).Select(i => new string('x', i % 150) + i)];
        foreach (var purpose in new[] { "analytics", "fraud" })
        {
            using var harness = new StageHarness(Schema, new TokenizeOperator("user", new TokenTreatment(purpose)));
            using var batch = harness.Run(harness.NewBatch(users.Length).WithText(Schema, "user", users));
            Assert.Equal(users.Select(user => Expected(user, purpose)), batch.ReadTokens(harness.Output, "user"));
        }
    }

    [Fact]
    public void The_text_leaves_the_batch_and_the_new_column_is_no_longer_raw()
    {
        using var harness = new StageHarness(Schema, new TokenizeOperator("user", new TokenTreatment()));
        using var batch = harness.Run(harness.NewBatch(1).WithText(Schema, "user", "ann"));
        Assert.False(batch.Has(Schema.IndexOf("user")));
        var column = harness.Output.Find("user")!;
        Assert.Equal((ColumnType.Token, FieldClass.Attribute, false), (column.Type, column.Class, column.IsRaw));
    }

    [Fact]
    public void Missing_and_empty_texts_have_the_zero_token_and_unselected_rows_are_skipped()
    {
        using var harness = new StageHarness(Schema, new TokenizeOperator("user", new TokenTreatment()));
        for (var round = 0; round < 2; round++)
        {
            var input = harness.NewBatch(6).WithText(Schema, "user", "ann", null, "bob", string.Empty, "cy", "ann").Without(2);
            using var batch = harness.Run(input);
            var tokens = batch.ReadTokens(harness.Output, "user");
            Assert.Equal([0, 1, 3, 4, 5], batch.ReadSelected());
            Assert.Equal(
                [Expected("ann"), default, default, Expected("cy"), Expected("ann")],
                batch.ReadSelected().Select(row => tokens[row]));
        }
    }

    [Theory]
    [InlineData("Ann.Lee@Example.COM", "ann.lee@example.com")]
    [InlineData("ÄRGER@Example.de", "ÄrGER@example.de")]
    public void Lowercase_ascii_joins_spellings_and_leaves_other_bytes(string spelled, string other)
    {
        var lower = new string([.. spelled.Select(c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c)]);
        using var harness = new StageHarness(
            Schema, new TokenizeOperator("user", new TokenTreatment(normalise: TokenNormalisation.LowercaseAscii)));
        using var batch = harness.Run(harness.NewBatch(4).WithText(Schema, "user", spelled, null, other, "Z"));
        Assert.Equal([Expected(lower), default, Expected(lower), Expected("z")], batch.ReadTokens(harness.Output, "user"));
    }

    [Fact]
    public void Without_normalisation_spellings_stay_apart()
    {
        using var harness = new StageHarness(Schema, new TokenizeOperator("user", new TokenTreatment()));
        using var batch = harness.Run(harness.NewBatch(2).WithText(Schema, "user", "Ann", "ann"));
        Assert.Equal([Expected("Ann"), Expected("ann")], batch.ReadTokens(harness.Output, "user"));
    }

    [Fact]
    public void A_shared_batch_keeps_its_texts()
    {
        using var harness = new StageHarness(Schema, new TokenizeOperator("user", new TokenTreatment()));
        var original = harness.NewBatch(2).WithText(Schema, "user", "ann", "bob");
        using var twin = original.Share();
        using var batch = harness.Run(original);
        Assert.Equal(["ann", "bob"], twin.ReadTexts(Schema, "user"));
    }

    [Fact]
    public void An_empty_batch_and_a_full_one_with_long_texts_pass()
    {
        using var harness = new StageHarness(
            Schema, new TokenizeOperator("user", new TokenTreatment(normalise: TokenNormalisation.LowercaseAscii)));
        harness.Run(harness.NewBatch(0).WithText(Schema, "user")).Dispose();
        string[] users = [.. Enumerable.Repeat(new string('Q', 100), EventBatch.Capacity)];
        using var batch = harness.Run(harness.NewBatch(users.Length).WithText(Schema, "user", users));
        Assert.All(batch.ReadTokens(harness.Output, "user"), token => Assert.Equal(Expected(new string('q', 100)), token));
    }

    [Theory]
    [InlineData(TokenNormalisation.None)]
    [InlineData(TokenNormalisation.LowercaseAscii)]
    public void A_running_stage_allocates_nothing(TokenNormalisation normalise)
    {
        using var harness = new StageHarness(Schema, new TokenizeOperator("user", new TokenTreatment(normalise: normalise)));
        using var template = harness.NewBatch(4).WithText(Schema, "user", "Ann", null, "Bob", "ann@example.com");
        Assert.Equal(0, Allocations.PerRun(harness, template));
    }

    [Fact]
    public void The_derived_key_is_cleared_when_the_stage_has_started()
    {
        using var harness = new StageHarness(Schema, new TokenizeOperator("user", new TokenTreatment()));
        Assert.All(Assert.Single(harness.Keys.Handed), part => Assert.Equal(0, part));
    }

    [Fact]
    public void Planning_reports_a_missing_field_and_one_that_is_no_text()
    {
        var treatment = new TokenTreatment();
        Assert.Contains("'user'", Assert.Single(StageHarness.ErrorsOf(new TokenizeOperator("usr", treatment), Schema)).Message);
        var numbers = TestColumns.Of(ColumnType.Int64, "bytes");
        Assert.Contains("Int64", Assert.Single(StageHarness.ErrorsOf(new TokenizeOperator("bytes", treatment), numbers)).Message);
    }

    [Fact]
    public void The_treatment_suffices_for_every_class_and_describes_itself()
    {
        Assert.All(Enum.GetValues<FieldClass>(), fieldClass => Assert.True(new TokenTreatment().SufficesFor(fieldClass)));
        Assert.Equal("token(purpose=analytics)", new TokenTreatment().Description);
        Assert.Equal(
            "token(purpose=a,normalise=lowercase-ascii)", new TokenTreatment("a", TokenNormalisation.LowercaseAscii).Description);
        Assert.Equal(new TokenTreatment("a"), new TokenTreatment("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("line\n")]
    public void A_purpose_outside_the_allowed_characters_is_refused(string purpose) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenTreatment(purpose));

    private static Token Expected(string text, string purpose = "analytics")
    {
        var key = InMemoryKeyRing.Derive("secret of a test", purpose);
        return MemoryMarshal.Read<Token>(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
