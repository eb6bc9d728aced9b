using System.Text;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;
using Xunit;
using static AkkaPrivacy.Tests.Operators.Parse.Fields;

namespace AkkaPrivacy.Tests.Operators.Parse;

public sealed class ParseNginxJsonTests
{
    private const long TimeMs = 1431857103000;
    private readonly ParseHarness _harness = new(new ParseNginxJson(Map(Event(), Text("agent"), Text("copy", from: "agent"), Integer("status"), Decimal("duration", 0.001m), Text("referrer"))));

    [Theory]
    [InlineData("\"2015-05-17T10:05:03+00:00\"", 0)]
    [InlineData("\"1431857103.123\"", 123)]
    [InlineData("1431857103.123", 123)]
    [InlineData("\"17/May/2015:12:05:03 +0200\"", 0)]
    public void Times_of_all_its_variables_are_read(string time, long more) =>
        Assert.Equal(TimeMs + more, _harness.One($$"""{"time":{{time}}}""")["$time"]);

    [Fact]
    public void Numbers_stand_in_quotes_and_what_is_not_there_is_missing()
    {
        var row = _harness.One("""{"time":"1431857103.000","status":"200","duration":"0.042","agent":"","referrer":"-"}""");
        Assert.Equal((200L, 42L, null, null, null), (row["status"], row["duration"], row["agent"], row["copy"], row["referrer"]));
        row = _harness.One("""{"time":"1431857103.000","status":-,"duration":"-","agent":"-","referrer":""}""");
        Assert.Equal((null, null, null, null, null), (row["status"], row["duration"], row["agent"], row["copy"], row["referrer"]));
    }

    [Theory]
    [InlineData("""a\x22b\x5Cc""", "a\"b\\c")]
    [InlineData("""caf\xC3\xA9 \xF0\x9F\x98\x80""", "caf\u00e9 \ud83d\ude00")]
    [InlineData("""\x16\x03\x01""", "\u0016\u0003\u0001")]
    [InlineData("""\xFF\xC3(""", "\ufffd\ufffd(")]
    [InlineData("""a\\x41 b\u00e4""", "a\\x41 b\u00e4")]
    [InlineData("""\/""", "/")]
    public void Escapes_of_both_kinds_are_resolved(string written, string read)
    {
        var row = _harness.One($$"""{"agent":"{{written}}","time":"1431857103"}""");
        Assert.Equal((read, read, TimeMs), (row["agent"], row["copy"], row["$time"]));
    }

    [Theory]
    [InlineData("""{"time":"1431857103","status":"two hundred"}""", DeadLetterReason.WrongType, "status")]
    [InlineData("""{"time":"1431857103","status":"200 "}""", DeadLetterReason.WrongType, "status")]
    [InlineData("""{"time":"-","status":"200"}""", DeadLetterReason.MissingTime, "time")]
    [InlineData("""{"time":"1431857103","agent":"\xG1"}""", DeadLetterReason.Malformed, "")]
    [InlineData("""{"time":"1431857103","agent":"\x4"}""", DeadLetterReason.Malformed, "")]
    [InlineData("""{"time":"1431857103","agent":"\x""", DeadLetterReason.Malformed, "")]
    [InlineData("""{"time":"1431857103","status":--}""", DeadLetterReason.Malformed, "")]
    public void Bad_lines_are_dead_letters(string line, DeadLetterReason reason, string field) =>
        Assert.Equal(new DeadLetter(reason, 0, 1, field), _harness.Refused(line));

    [Fact]
    public void Random_lines_neither_throw_nor_read_beyond_their_buffer()
    {
        var random = new Random(5);
        string[] pieces = ["{\"time\":\"1431857103\"", ",\"agent\":\"", "\\x", "C3", "\\\\", "\"", "\\u00e4", "-", "}", "\u00e4", ",\"status\":\"1"];
        for (var i = 0; i < 2000; i++)
        {
            _harness.Run([Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 12).Select(_ => pieces[random.Next(pieces.Length)])))], exactBuffer: true);
        }
    }
}
