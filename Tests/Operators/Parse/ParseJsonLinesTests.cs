using System.Text;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;
using Xunit;
using static AkkaPrivacy.Tests.Operators.Parse.Fields;

namespace AkkaPrivacy.Tests.Operators.Parse;

public sealed class ParseJsonLinesTests
{
    private const string T = "\"time\":\"2015-05-17T10:05:03Z\"";
    private const long TimeMs = 1431857103000;

    private readonly ParseHarness _harness = new(new ParseJsonLines(Map(
        Event(), Text("user"), Text("copy", from: "user"), Integer("count"), Decimal("price", 0.01m), Time("seen"))));

    [Fact]
    public void Fills_one_column_a_field_and_the_times()
    {
        var row = _harness.One($$"""{"user":"ann",{{T}},"count":-42,"price":12.345,"seen":1431857103}""");
        Assert.Equal("ann", row["user"]);
        Assert.Equal("ann", row["copy"]);
        Assert.Equal(-42L, row["count"]);
        Assert.Equal(1234L, row["price"]);
        Assert.Equal(TimeMs, row["seen"]);
        Assert.Equal(TimeMs, row["$time"]);
        Assert.Equal(TimeMs, row["$arrival"]);
        Assert.DoesNotContain(LineSchema.Line, row.Keys);
    }

    [Fact]
    public void Arrival_is_a_field_of_its_own_when_mapped()
    {
        var harness = new ParseHarness(new ParseJsonLines(Map(Event(), Arrival())));
        var row = harness.One($$"""{ {{T}} , "arrived" : 1431857104.5 }""");
        Assert.Equal(TimeMs + 1500, row["$arrival"]);
        Assert.Equal(new DeadLetter(DeadLetterReason.MissingTime, 0, 1, "arrived"), harness.Refused($$"""{{{T}}}"""));
        Assert.Equal(new DeadLetter(DeadLetterReason.TimeOutOfRange, 0, 1, "arrived"), harness.Refused($$"""{{{T}},"arrived":0}"""));
    }

    [Theory]
    [InlineData("", DeadLetterReason.MissingTime, "time")]
    [InlineData("\"time\":null", DeadLetterReason.MissingTime, "time")]
    [InlineData("\"time\":\"yesterday\"", DeadLetterReason.MissingTime, "time")]
    [InlineData("\"time\":true", DeadLetterReason.MissingTime, "time")]
    [InlineData("\"time\":[1]", DeadLetterReason.MissingTime, "time")]
    [InlineData("\"time\":\"1989-12-31T23:59:59.999Z\"", DeadLetterReason.TimeOutOfRange, "time")]
    [InlineData("\"time\":\"2200-01-01T00:00:00Z\"", DeadLetterReason.TimeOutOfRange, "time")]
    [InlineData(T + ",\"user\":true", DeadLetterReason.WrongType, "user")]
    [InlineData(T + ",\"user\":{\"a\":1}", DeadLetterReason.WrongType, "user")]
    [InlineData(T + ",\"user\":[]", DeadLetterReason.WrongType, "user")]
    [InlineData(T + ",\"user\":\"\\ud800\"", DeadLetterReason.WrongType, "user")]
    [InlineData(T + ",\"count\":\"1\"", DeadLetterReason.WrongType, "count")]
    [InlineData(T + ",\"count\":1.0", DeadLetterReason.WrongType, "count")]
    [InlineData(T + ",\"count\":1e3", DeadLetterReason.WrongType, "count")]
    [InlineData(T + ",\"count\":9223372036854775808", DeadLetterReason.WrongType, "count")]
    [InlineData(T + ",\"count\":-9223372036854775808", DeadLetterReason.WrongType, "count")]
    [InlineData(T + ",\"count\":false", DeadLetterReason.WrongType, "count")]
    [InlineData(T + ",\"price\":1e17", DeadLetterReason.WrongType, "price")]
    [InlineData(T + ",\"price\":1e999999999", DeadLetterReason.WrongType, "price")]
    [InlineData(T + ",\"seen\":\"?\"", DeadLetterReason.WrongType, "seen")]
    [InlineData(T + ",\"count\":01", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"count\":+1", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"count\":1.", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"count\":-", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":1e", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\"", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":nul", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":[1,]", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":{\"a\":1,}", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":[}", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":\"\\q\"", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":\"\\u12g4\"", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":\"a\tb\"", DeadLetterReason.Malformed, "")]
    [InlineData(T + ",\"x\":\"a\0b\"", DeadLetterReason.Malformed, "")]
    [InlineData("\0", DeadLetterReason.Malformed, "")]
    public void Refuses(string members, DeadLetterReason reason, string field)
    {
        // Once with nothing learned and once after a good line.
        Assert.Equal(new DeadLetter(reason, 0, 1, field), _harness.Refused($"{{{members}}}"));
        _harness.One($$"""{{{T}},"user":"ann","count":1,"price":1,"x":1}""");
        Assert.Equal(new DeadLetter(reason, 0, 1, field), _harness.Refused($"{{{members}}}"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("x")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{" + T)]
    [InlineData("{" + T + "}}")]
    [InlineData("{" + T + "} x")]
    [InlineData("," + T + "}")]
    [InlineData("{" + T + ",\"user\":\"ann}")]
    [InlineData("\uFEFF{" + T + "}")]
    public void Refuses_what_is_no_object(string line) => Assert.Equal(DeadLetterReason.Malformed, _harness.Refused(line).Reason);

    [Fact]
    public void Says_which_row_and_partition_and_skips_blank_lines()
    {
        var rows = _harness.Run("", $$"""{{{T}}}""", " \t ", "oops");
        Assert.Equal([false, true, false, false], rows.Select(row => row is not null));
        Assert.Equal([new DeadLetter(DeadLetterReason.Malformed, 0, 4, "")], _harness.Dead);
    }

    [Fact]
    public void A_required_field_must_be_there()
    {
        var harness = new ParseHarness(new ParseJsonLines(Map(Event(), Text("user", required: true), Integer("n", required: true))));
        Assert.Equal(new DeadLetter(DeadLetterReason.MissingField, 0, 1, "user"), harness.Refused($$"""{{{T}},"n":1}"""));
        Assert.Equal(new DeadLetter(DeadLetterReason.MissingField, 0, 1, "n"), harness.Refused($$"""{{{T}},"user":"","n":null}"""));
        Assert.Equal("", harness.One($$"""{{{T}},"user":"","n":1}""")["user"]);
    }

    [Fact]
    public void Invalid_utf8_refuses_the_line_alone()
    {
        byte[] Line(params byte[] user) => [.. Encoding.UTF8.GetBytes($$"""{{{T}},"user":" """.TrimEnd()), .. user, .. "\"}"u8];
        var rows = _harness.Run([Line(0xC3, 0xA9), Line(0xFF), Line(0x41), Line(0xC3)]);
        Assert.Equal(["é", null, "A", null], rows.Select(row => row?["user"]));
        Assert.Equal([(DeadLetterReason.InvalidUtf8, 2L), (DeadLetterReason.InvalidUtf8, 4L)], _harness.Dead.Select(dead => (dead.Reason, dead.Position)));
    }

    [Fact]
    public void A_character_cut_between_two_lines_is_invalid_in_both()
    {
        byte[] first = [.. Encoding.UTF8.GetBytes($$"""{{{T}}}"""), 0xC3];
        byte[] second = [0xA9, .. Encoding.UTF8.GetBytes($$"""{{{T}}}""")];
        _harness.Run([first, second]);
        Assert.All(_harness.Dead, dead => Assert.Equal(DeadLetterReason.InvalidUtf8, dead.Reason));
        Assert.Equal(2, _harness.Dead.Count);
    }

    [Theory]
    [InlineData("""a\"b""", "a\"b")]
    [InlineData("""\\\/\b\f\n\r\t""", "\\/\b\f\n\r\t")]
    [InlineData("""\u0041\u00e9\u20AC""", "Aé€")]
    [InlineData("""x\ud83d\ude00y""", "x😀y")]
    [InlineData("""\u0000""", "\0")]
    public void Resolves_escapes(string text, string expected)
    {
        var row = _harness.One($$"""{{{T}},"user":"{{text}}","count":7}""");
        Assert.Equal((expected, expected, 7L), (row["user"], row["copy"], row["count"]));
    }

    [Theory]
    [InlineData("""\ude00""")]
    [InlineData("""\ud83d""")]
    [InlineData("""\ud83dx""")]
    [InlineData("""\ud83d\n""")]
    [InlineData("""\ud83d\u0041""")]
    public void Refuses_half_a_surrogate_pair_in_a_mapped_text_only(string text)
    {
        Assert.Equal(new DeadLetter(DeadLetterReason.WrongType, 0, 1, "user"), _harness.Refused($$"""{{{T}},"user":"{{text}}"}"""));
        _harness.One($$"""{{{T}},"other":"{{text}}","{{text}}":1}""");
    }

    [Fact]
    public void Many_escapes_move_the_arena_without_harm()
    {
        var text = string.Concat(Enumerable.Repeat("\\u00e9", 40_000));
        var row = _harness.One($$"""{"user":"{{text}}","count":3,{{T}}}""");
        Assert.Equal((new string('é', 40_000), 3L, TimeMs), (row["user"], row["count"], row["$time"]));
    }

    [Fact]
    public void Escaped_keys_are_the_same_keys_and_the_last_duplicate_wins()
    {
        Assert.Equal("b", _harness.One($$"""{{{T}},"\u0075ser":"b"}""")["user"]);
        Assert.Equal("b", _harness.One($$"""{{{T}},"user":"a","user":"b"}""")["user"]);
        Assert.Null(_harness.One($$"""{{{T}},"user":"a","user":null}""")["user"]);
    }

    [Fact]
    public void A_number_where_text_is_mapped_keeps_its_digits()
    {
        Assert.Equal("1.50e1", _harness.One($$"""{{{T}},"user":1.50e1}""")["user"]);
    }

    [Fact]
    public void Unmapped_fields_are_counted_and_dropped()
    {
        var before = _harness.Letters.UnmappedFields;
        _harness.Run($$"""{{{T}},"x":{"time":"no","user":[1,{"user":2}]},"y":"z","w":1.5e-3}""", $$"""{"x":null,{{T}}}""");
        Assert.Equal(4, _harness.Letters.UnmappedFields - before);
        Assert.Empty(_harness.Dead);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Nesting_ends_at_64_levels(int nested, bool accepted)
    {
        var line = $$"""{{{T}},"x":{{new string('[', nested)}}{{new string(']', nested)}}}""";
        Assert.Equal(accepted, _harness.Run(line)[0] is not null);
    }

    [Fact]
    public void Key_order_may_change_from_line_to_line()
    {
        string[] members = [T, "\"user\":\"ann\"", "\"count\":1", "\"a-rather-long-key-that-no-prediction-can-hold\":1", "\"x\":2", "\"price\" : 2"];
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            random.Shuffle(members);
            var there = members.Take(random.Next(members.Length + 1)).ToArray();
            var row = _harness.Run("{" + string.Join(",", there) + "}")[0];
            Assert.Equal(there.Contains(T), row is not null);
            if (row is not null)
            {
                Assert.Equal(there.Contains(members.First(m => m.StartsWith("\"user\""))) ? "ann" : null, row["user"]);
                Assert.Equal(there.Contains("\"count\":1") ? 1L : null, row["count"]);
                Assert.Equal(there.Contains("\"price\" : 2") ? 200L : null, row["price"]);
            }
        }
    }

    [Fact]
    public void More_keys_than_predictions()
    {
        var many = string.Join(",", Enumerable.Range(0, 200).Select(i => $"\"k{i}\":{i}"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("u", _harness.One($$"""{{{many}},{{T}},"user":"u"}""")["user"]);
        }
    }

    [Fact]
    public void Plan_names_its_fields_and_refuses_a_second_parser()
    {
        Assert.Equal("parse-json(time:time event, user:text, copy=user:text, count:integer, price:decimal/0.01, seen:time)", _harness.Plan.Description);
        var errors = new PlanErrors();
        Assert.Null(new ParseJsonLines(Map(Text("a"))).Plan(_harness.Plan.Output, errors));
        Assert.Equal(2, errors.All.Count);
    }
}
