using System.Text;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;
using Xunit;
using static AkkaPrivacy.Tests.Operators.Parse.Fields;

namespace AkkaPrivacy.Tests.Operators.Parse;

public sealed class ParseCsvTests
{
    private const string T = "2015-05-17T10:05:03Z";
    private const long TimeMs = 1431857103000;

    [Fact]
    public void The_heading_says_where_fields_stand()
    {
        var harness = Harness().Read($"\uFEFFcount,\"user\",other,time,price\r\n007,ann,x,{T},12.345\r\n,\"\",y,1431857103,\r\n");
        Assert.Equal([2L, 3L], harness.Rows.Keys);
        Assert.Equal((7L, "ann", 1234L, TimeMs, TimeMs), (harness.Rows[2]["count"], harness.Rows[2]["user"], harness.Rows[2]["price"], harness.Rows[2]["$time"], harness.Rows[2]["$arrival"]));
        Assert.Equal((null, "", null, TimeMs), (harness.Rows[3]["count"], harness.Rows[3]["user"], harness.Rows[3]["price"], harness.Rows[3]["$time"]));
        Assert.Equal(2, harness.Unmapped);
        Assert.Empty(harness.Dead);
    }

    [Fact]
    public void Quoted_fields_may_hold_delimiters_quotes_and_line_feeds()
    {
        var harness = Harness().Read($"user,time\n\"a \"\"b\"\", c\r\nd\",{T}\n\"\"\"\",\"{T}\"\nlast,{T}");
        Assert.Equal(["a \"b\", c\r\nd", "\"", "last"], harness.Rows.Values.Select(row => row["user"]));
        Assert.Equal([2L, 3L, 4L], harness.Rows.Keys);
    }

    [Theory]
    [InlineData("ann", DeadLetterReason.Malformed, "")]
    [InlineData("ann,1,2,3", DeadLetterReason.Malformed, "")]
    [InlineData("an\"n\"," + T + ",1", DeadLetterReason.Malformed, "")]
    [InlineData("\"ann\"x," + T + ",1", DeadLetterReason.Malformed, "")]
    [InlineData("\"a\"\"," + T + ",1", DeadLetterReason.Malformed, "")]
    [InlineData("ann," + T + ",one", DeadLetterReason.WrongType, "count")]
    [InlineData("ann," + T + ", 1", DeadLetterReason.WrongType, "count")]
    [InlineData("ann," + T + ",1.5", DeadLetterReason.WrongType, "count")]
    [InlineData("ann," + T + ",00x", DeadLetterReason.WrongType, "count")]
    [InlineData("ann,,1", DeadLetterReason.MissingTime, "time")]
    [InlineData("ann,soon,1", DeadLetterReason.MissingTime, "time")]
    [InlineData("ann,0,1", DeadLetterReason.TimeOutOfRange, "time")]
    [InlineData(",2015-05-17T10:05:03Z,1", DeadLetterReason.MissingField, "user")]
    public void A_bad_record_is_a_dead_letter_by_position(string record, DeadLetterReason reason, string field)
    {
        var map = Map(Event(), Text("user", required: true), Integer("count"));
        var harness = new CsvHarness(map).Read($"user,time,count\nok,{T},1\n{record}\nok,{T},1\n");
        Assert.Equal([2L, 4L], harness.Rows.Keys);
        Assert.Equal([new DeadLetter(reason, 0, 3, field)], harness.Dead);
    }

    [Fact]
    public void A_quote_that_is_not_closed_costs_its_own_line_only()
    {
        var rows = string.Concat(Enumerable.Range(0, 3000).Select(i => $"u{i},{T}\n"));
        var harness = Harness().Read($"user,time\n\"stray,{T}\n{rows}");
        Assert.Equal(3000, harness.Rows.Count);
        Assert.Equal([new DeadLetter(DeadLetterReason.Malformed, 0, 2, string.Empty)], harness.Dead);
        Assert.Equal("u0", harness.Rows[3]["user"]);

        var cut = Harness();
        cut.Read(Encoding.ASCII.GetBytes($"user,time\n\"stray,{T}\n{rows}"), maxLine: 1024);
        Assert.Equal(3000, cut.Rows.Count);
        Assert.Equal([new DeadLetter(DeadLetterReason.LineTooLong, 0, 2, string.Empty)], cut.Dead);
    }

    [Fact]
    public void Every_position_can_be_taken_up()
    {
        var text = $"user,\"ti\nx\",time\n{string.Concat(Enumerable.Range(0, 20_000).Select(i => $"\"u\n{i}\",,{T}\n"))}";
        var whole = Harness().Read(text);
        Assert.Equal(20_000, whole.Rows.Count);
        Assert.True(whole.Stops.Count > 3);
        foreach (var stop in whole.Stops)
        {
            var rest = Harness().Read(text, stop);
            Assert.Equal(whole.Rows.Keys.Where(position => position > stop.Line), rest.Rows.Keys);
            Assert.All(rest.Rows, row => Assert.Equal(whole.Rows[row.Key]["user"], row.Value["user"]));
        }
    }

    [Fact]
    public void Columns_may_be_declared_and_delimited_otherwise()
    {
        var format = new CsvFormat { Delimiter = ';', HasHeading = false, Columns = ["time", "x", "user"] };
        var harness = new CsvHarness(Map(Event(), Text("user")), format).Read($"{T};1,5;ann\n\n{T};;\"b;ob\"\n");
        Assert.Equal(["ann", "b;ob"], harness.Rows.Values.Select(row => row["user"]));
        Assert.Equal([1L, 3L], harness.Rows.Keys);
    }

    [Fact]
    public void Mistakes_of_a_format_are_reported_together()
    {
        var error = Assert.Throws<PlanException>(() => new CsvHarness(Map(Event(), Text("user")), new CsvFormat { Delimiter = 'x', HasHeading = false, Columns = ["time", "time"] }));
        Assert.Contains("a delimiter is", error.Message, StringComparison.Ordinal);
        Assert.Contains("named twice", error.Message, StringComparison.Ordinal);
        Assert.Contains("no column 'user'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_records_come_out_as_they_went_in(int seed)
    {
        var random = new Random(seed);
        string[] pieces = ["", "a", ",", "\"", "\n", "\r\n", "\u00e4\ud83d\ude00", " ", new string('z', 70)];
        var fields = Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, 3).Select(_ => string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => pieces[random.Next(pieces.Length)]))).ToArray()).ToList();
        var text = new StringBuilder("a,b,c,time\n");
        foreach (var record in fields)
        {
            text.AppendJoin(',', record.Select(field => random.Next(2) == 0 || field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field)).Append(',').Append(T).Append(random.Next(2) == 0 ? "\n" : "\r\n");
        }

        var harness = new CsvHarness(Map(Event(), Text("a"), Text("b"), Text("c"))).Read(text.ToString());
        Assert.Empty(harness.Dead);
        Assert.Equal(fields, harness.Rows.Values.Select(row => new[] { row["a"] as string ?? "", row["b"] as string ?? "", row["c"] as string ?? "" }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_bytes_neither_throw_nor_lose_count(int seed)
    {
        var random = new Random(seed);
        var letters = "a,\"\n\r1 "u8.ToArray().Append((byte)0xC3).ToArray();
        for (var i = 0; i < 300; i++)
        {
            var text = Enumerable.Range(0, random.Next(400)).Select(_ => letters[random.Next(letters.Length)]).ToArray();
            Harness().Read(text, maxLine: 1024);
        }
    }

    private static CsvHarness Harness() => new(Map(Event(), Text("user"), Integer("count"), Decimal("price", 0.01m)));
}
