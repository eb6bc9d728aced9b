using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime.Sources;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Operators.Parse;
using AkkaPrivacy.Tests.Engine.Runtime.Sources;
using Xunit;
using Xunit.Abstractions;
using static AkkaPrivacy.Tests.Operators.Parse.Fields;

namespace AkkaPrivacy.Tests.Operators.Parse;

public sealed class ParseCombinedLogTests(ITestOutputHelper output)
{
    private const string Head = "83.149.9.216 - - [17/May/2015:10:05:03 +0000] ";
    private const long TimeMs = 1431857103000;

    private readonly ParseHarness _harness = new(new ParseCombinedLog(Map(
        Text("client"), Text("ident"), Text("user"), Event(), Text("request"), Text("method"), Text("path"), Text("query"),
        Text("protocol"), Integer("status"), Text("status-text", from: "status"), Integer("bytes"), Text("referrer"), Text("user-agent"))));

    [Fact]
    public void Reads_a_combined_line()
    {
        var row = _harness.One(Head + "\"GET /a/b.png?x=1&y HTTP/1.1\" 200 203023 \"http://x/\" \"Mozilla/5.0 (X)\"");
        Assert.Equal(
            ["83.149.9.216", null, null, TimeMs, "GET /a/b.png?x=1&y HTTP/1.1", "GET", "/a/b.png", "x=1&y", "HTTP/1.1", 200L, "200", 203023L, "http://x/", "Mozilla/5.0 (X)"],
            row.Where(pair => pair.Key[0] != '$').Select(pair => pair.Value));
        Assert.Equal((TimeMs, TimeMs), (row["$time"], row["$arrival"]));
    }

    [Fact]
    public void Reads_a_common_line_with_a_named_user_and_an_ipv6_client()
    {
        var row = _harness.One("2001:db8::1 id John Doe [17/May/2015:12:05:03 +0200] \"GET /\" 304 -");
        Assert.Equal(("2001:db8::1", "id", "John Doe", TimeMs), (row["client"], row["ident"], row["user"], row["$time"]));
        Assert.Equal(("/", null, null, 304L, 0L), (row["path"], row["query"], row["protocol"], row["status"], row["bytes"]));
        Assert.Equal((null, null), (row["referrer"], row["user-agent"]));
    }

    [Theory]
    [InlineData("-", null)]
    [InlineData("", "")]
    [InlineData(@"\x16\x03\x01", @"\x16\x03\x01")]
    [InlineData("GET", "GET")]
    [InlineData("GET ", "GET ")]
    [InlineData(" / HTTP/1.1", " / HTTP/1.1")]
    public void A_request_that_is_no_request_has_no_parts(string request, string? expected)
    {
        var row = _harness.One(Head + $"\"{request}\" 400 0 \"-\" \"-\"");
        Assert.Equal((expected, null, null, null, null), (row["request"], row["method"], row["path"], row["query"], row["protocol"]));
    }

    [Fact]
    public void Resolves_escaped_quotes_and_keeps_other_escapes()
    {
        var row = _harness.One(Head + """
            "GET /\"a\" b?c\\d HTTP/2" 200 1 "" "a \"b\" \\ \xc3" 0.003 "extra"
            """.Trim());
        Assert.Equal(("/\"a\" b", "c\\d", "HTTP/2"), (row["path"], row["query"], row["protocol"]));
        Assert.Equal(("", "a \"b\" \\ \\xc3"), (row["referrer"], row["user-agent"]));
        Assert.Equal(1, _harness.Letters.UnmappedFields);
    }

    [Theory]
    [InlineData("x", "x")]
    [InlineData("x\\\"", "x\"")]
    [InlineData("x\\", "x\\")]
    public void A_user_agent_that_was_cut_off_is_taken_as_it_is(string agent, string expected) =>
        Assert.Equal(expected, _harness.One(Head + $"\"GET / HTTP/1.1\" 200 1 \"-\" \"{agent}")["user-agent"]);

    [Theory]
    [InlineData("x")]
    [InlineData("a b")]
    [InlineData("a b c")]
    [InlineData("a b [c]")]
    [InlineData("a b  [17/May/2015:10:05:03 +0000]")]
    [InlineData(Head + "\"GET / HTTP/1.1")]
    [InlineData(Head + "\"GET / HTTP/1.1\"")]
    [InlineData(Head + "\"GET / HTTP/1.1\" 200")]
    [InlineData(Head + "\"GET / HTTP/1.1\" 20x 1")]
    [InlineData(Head + "\"GET / HTTP/1.1\" 200 1x")]
    [InlineData(Head + "\"GET / HTTP/1.1\" 200 1 \"-\"")]
    [InlineData(Head + "\"GET / HTTP/1.1\" 200 1 \"x\" \"")]
    [InlineData(Head + "\"GET / HTTP/1.1\" 200 1 \"x")]
    [InlineData(Head + "\"GET / HTTP/1.1\" 200 1 \"-\" \"x\"y")]
    [InlineData(Head + "\"GET /\0 HTTP/1.1\" 200 1")]
    [InlineData("a\0b - - [17/May/2015:10:05:03 +0000] \"-\" 200 1")]
    [InlineData("17/May/2015:10:05:03 +0000] \"-\" 200 1")]
    public void Refuses(string line) =>
        Assert.Equal(new DeadLetter(DeadLetterReason.Malformed, 0, 1, ""), _harness.Refused(line));

    [Theory]
    [InlineData("17/Mai/2015:10:05:03 +0000")]
    [InlineData("31/Feb/2015:10:05:03 +0000")]
    [InlineData("17/May/2015:24:05:03 +0000")]
    [InlineData("17/May/2015:10:05:61 +0000")]
    [InlineData("17/May/2015:10:05:03 *0000")]
    [InlineData("17/May/2015:10:05:03")]
    [InlineData("17/May/2015:10:05:03.123 +0000")]
    public void An_unreadable_time_is_a_missing_time(string time)
    {
        _harness.One(Head + "\"-\" 200 1");
        Assert.Equal(new DeadLetter(DeadLetterReason.MissingTime, 0, 1, "time"), _harness.Refused($"a - - [{time}] \"-\" 200 1"));
    }

    [Fact]
    public void Other_reasons()
    {
        Assert.Equal(DeadLetterReason.TimeOutOfRange, _harness.Refused("a - - [17/May/1985:10:05:03 +0000] \"-\" 200 1").Reason);
        Assert.Equal(new DeadLetter(DeadLetterReason.WrongType, 0, 1, "bytes"), _harness.Refused(Head + "\"-\" 200 99999999999999999999"));
        Assert.Null(_harness.Run(" ")[0]);
        Assert.Empty(_harness.Dead);
        var required = new ParseHarness(new ParseCombinedLog(Map(Event(), Text("agent", from: "user-agent", required: true), Integer("status"))));
        Assert.Equal(new DeadLetter(DeadLetterReason.MissingField, 0, 1, "agent"), required.Refused(Head + "\"-\" - 1"));
        Assert.Null(required.One(Head + "\"-\" - 1 \"-\" \"x\"")["status"]);
        Assert.Equal(11, required.Letters.UnmappedFields);
    }

    [Fact]
    public void Unknown_elements_and_types_are_refused_at_once()
    {
        var errors = new PlanErrors();
        var map = Map(Event("t", from: "client"), Text("host"), Integer("time"));
        Assert.Null(new ParseCombinedLog(map).Plan(LineSchema.Instance, errors));
        Assert.Equal(3, errors.All.Count);
    }

    [Fact]
    public async Task Reads_every_line_of_a_real_log()
    {
        var path = FindSharedFile("apache_access.log");
        if (path is null)
        {
            output.WriteLine("shared/data/apache_access.log is not there: nothing was compared.");
            return;
        }

        var lines = (await new SourceHarness().ReadAsync(new MemoryLineSource("log", await File.ReadAllBytesAsync(path)))).Rows;
        Assert.Equal(10_000, lines.Count);
        var clients = new HashSet<object?>();
        foreach (var chunk in lines.Chunk(4000))
        {
            var rows = _harness.Run([.. chunk.Select(line => System.Text.Encoding.Latin1.GetBytes(line.Text))]);
            Assert.Empty(_harness.Dead);
            Assert.All(rows, Assert.NotNull);
            clients.UnionWith(rows.Select(row => row!["client"]));
        }

        Assert.Equal(1753, clients.Count);
    }

    private static string? FindSharedFile(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(shared))
            {
                return File.Exists(Path.Combine(shared, name)) ? Path.Combine(shared, name) : null;
            }
        }

        return null;
    }
}
