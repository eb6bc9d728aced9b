using System.Text;
using System.Text.Json;
using AkkaPrivacy.Hosting.Run;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

public sealed class RunCommandTests : IDisposable
{
    private readonly TestProgram _program = new();
    private readonly string _log;

    public RunCommandTests() => _log = _program.Write("access.log", AccessLogs.Small());

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_second_run_publishes_the_same_numbers_and_spends_nothing()
    {
        var first = await _program.RunLogAsync(_log, "--json");
        var second = await _program.RunLogAsync(_log, "--json");
        var third = await _program.RunLogAsync(_log, "--json", "--set", "pipeline.runtime.resume=false");
        Assert.Equal((0, 0, 0), (first.Code, second.Code, third.Code));
        Assert.Equal((48 * 2) + 2, first.Json().GetProperty("released").GetInt32());
        Assert.Equal((0, 0), (second.Json().GetProperty("released").GetInt32(), third.Json().GetProperty("released").GetInt32()));
        Assert.Equal((48 * 2) + 2, third.Json().GetProperty("replayed").GetInt32());
        foreach (var key in new[] { "releases", "spent", "left" })
        {
            Assert.Equal(first.Json().GetProperty(key).GetRawText(), second.Json().GetProperty(key).GetRawText());
            Assert.Equal(first.Json().GetProperty(key).GetRawText(), third.Json().GetProperty(key).GetRawText());
        }

        Assert.All(first.Json().GetProperty("spent").EnumerateArray(), period => Assert.Equal(2, period.GetProperty("epsilon").GetDouble()));
    }

    [Fact]
    public async Task The_text_tells_releases_rows_budget_and_what_to_do_next()
    {
        var result = await _program.RunLogAsync(_log);
        string[] expected = ["visitors-per-hour", "1,920 rows read; 98 windows released now", "epsilon spent", "Next: run the same command again", "table 'releases'"];
        Assert.All(expected, piece => Assert.Contains(piece, result.Output, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', result.Output);
    }

    [Fact]
    public async Task Releases_are_published_to_every_sink()
    {
        var lines = _program.PathOf("releases.jsonl");
        var result = await _program.RunLogAsync(_log, "--set", $"pipeline.sinks.lines={{type=json-lines,path=\"{lines}\"}}", "--set", "pipeline.sinks.screen.type=console");
        Assert.Equal(0, result.Code);
        Assert.Equal(98, (await File.ReadAllLinesAsync(lines)).Length);
        Assert.Contains("window start", result.Output, StringComparison.Ordinal);
        await using var connection = new SqliteConnection($"Data Source={_program.PathOf("a.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from releases";
        Assert.True((long)(await command.ExecuteScalarAsync())! >= 48 + (48 * 4));
    }

    [Fact]
    public async Task With_json_no_sink_writes_to_standard_output()
    {
        var result = await _program.RunLogAsync(_log, "--json", "--set", "pipeline.sinks.screen.type=console", "--set", "pipeline.sinks.lines={type=json-lines,path=\"-\"}");
        Assert.Equal(98, result.Json().GetProperty("released").GetInt32());
    }

    [Fact]
    public async Task Dead_letters_are_counted_by_reason_and_written_with_their_places()
    {
        var log = _program.Write("bad.log", AccessLogs.Small() + "secret-canary not a log line\n");
        var letters = _program.PathOf("dead.jsonl");
        var result = await _program.RunLogAsync(log, "--json", "--set", $"pipeline.dead-letters.path=\"{letters}\"");
        Assert.Equal(1, result.Json().GetProperty("dead_letters").GetProperty("malformed").GetInt64());
        Assert.Equal(1921, result.Json().GetProperty("dead_letter_positions")[0].GetProperty("position").GetInt64());
        var line = Assert.Single(await File.ReadAllLinesAsync(letters));
        Assert.Equal(("malformed", 1921), (JsonDocument.Parse(line).RootElement.GetProperty("reason").GetString(), JsonDocument.Parse(line).RootElement.GetProperty("position").GetInt32()));
        Assert.DoesNotContain("canary", result.Output + result.Error + line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_address_is_found_in_any_output()
    {
        var dead = _program.PathOf("dead.jsonl");
        var log = _program.Write("more.log", AccessLogs.Small() + "10.0.0.99 cut off\n10.0.0.98 - - [99/Mar/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"-\"\n");
        var result = await _program.RunLogAsync(log, "--set", $"pipeline.dead-letters.path=\"{dead}\"", "--set", $"pipeline.sinks.lines={{type=json-lines,path=\"{_program.PathOf("r.jsonl")}\"}}");
        Assert.Equal(0, result.Code);
        Assert.DoesNotContain("10.0.0.", result.Output + result.Error, StringComparison.Ordinal);
        var written = Directory.GetFiles(Path.GetDirectoryName(log)!).Where(file => !file.EndsWith(".log", StringComparison.Ordinal)).ToList();
        Assert.InRange(written.Count, 4, 10);
        Assert.All(written, file => Assert.DoesNotContain("10.0.0.", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_spent_budget_withholds_and_says_so_with_exit_code_3()
    {
        var result = await _program.RunLogAsync(_log, "--json", "--set", "pipeline.account.budget.epsilon=1");
        Assert.Equal(3, result.Code);
        var withheld = result.Json().GetProperty("withheld").EnumerateArray().ToList();
        Assert.Equal(["hits-per-path", "hits-per-path"], withheld.Select(w => w.GetProperty("query").GetString()));
        Assert.All(withheld, w => Assert.Equal("budget_exceeded", w.GetProperty("code").GetString()));
        Assert.Contains("Withheld, budget_exceeded: 2 windows", (await _program.RunLogAsync(_log, "--set", "pipeline.account.budget.epsilon=1")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_keeps_its_state_and_the_next_one_goes_on()
    {
        var whole = await _program.RunAsync("run", TestProgram.AccessLogConf, "--input", _log, "--db", _program.PathOf("b.db"), "--json");
        var draws = new InterruptAtFirstDraw();
        var host = new RunHost { Interrupts = draws.Register, Randomness = draws };
        string[] arguments = ["run", TestProgram.AccessLogConf, "--input", _log, "--db", _program.PathOf("a.db"), "--json"];

        // It follows its input, so it cannot end before it is interrupted: noise is drawn beside the reader.
        var first = await TestProgram.RunAsync(host, [.. arguments, "--follow"]);
        var second = await _program.RunAsync(arguments);
        Assert.Equal((130, true), (first.Code, first.Json().GetProperty("interrupted").GetBoolean()));
        Assert.InRange(first.Json().GetProperty("released").GetInt32(), 1, 97);
        Assert.Contains("Interrupted: draining", first.Error, StringComparison.Ordinal);
        Assert.Equal(0, second.Code);
        Assert.Equal(98, first.Json().GetProperty("released").GetInt32() + second.Json().GetProperty("released").GetInt32());
        var published = second.Values();
        Assert.All(first.Values(), pair => Assert.Equal(pair.Value, published[pair.Key]));
        Assert.Equal(whole.Json().GetProperty("spent").GetRawText(), second.Json().GetProperty("spent").GetRawText());
    }

    [Fact]
    public async Task An_interruption_before_anything_was_read_changes_nothing()
    {
        var host = new RunHost
        {
            Interrupts = interrupted =>
            {
                interrupted();
                interrupted();
                return new TestProgram.Nothing();
            },
        };
        var result = await TestProgram.RunAsync(host, "run", TestProgram.AccessLogConf, "--input", _log, "--db", _program.PathOf("a.db"));
        Assert.Equal(130, result.Code);
        Assert.Equal(98, (await _program.RunLogAsync(_log, "--json")).Json().GetProperty("released").GetInt32());
    }

    [Fact]
    public async Task A_source_that_is_missing_is_exit_code_4()
    {
        var result = await _program.RunLogAsync(_program.PathOf("none.log"), "--json");
        Assert.Equal(4, result.Code);
        Assert.Equal(4, result.Json().GetProperty("error").GetProperty("exit_code").GetInt32());
        Assert.Contains("none.log", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbose_shows_types_and_places()
    {
        var result = await _program.RunLogAsync(_program.PathOf("none.log"), "--verbose");
        Assert.Contains("SourceException", result.Error, StringComparison.Ordinal);
        Assert.Contains("    at AkkaPrivacy.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_store_is_exit_code_5()
    {
        _program.Write("a.db", new string('x', 8192));
        var result = await _program.RunLogAsync(_log);
        Assert.Equal(5, result.Code);
        Assert.Contains("a.db", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sink_that_fails_is_exit_code_6_and_the_next_run_publishes()
    {
        var folder = _program.PathOf("later");
        var set = $"pipeline.sinks.lines={{type=json-lines,path=\"{folder}/r.jsonl\"}}";
        Assert.Equal(6, (await _program.RunLogAsync(_log, "--set", set)).Code);
        Directory.CreateDirectory(folder);
        Assert.Equal(0, (await _program.RunLogAsync(_log, "--set", set)).Code);
        Assert.Equal(98, (await File.ReadAllLinesAsync(Path.Combine(folder, "r.jsonl"))).Length);
    }

    [Fact]
    public async Task Another_budget_another_key_or_a_missing_key_are_exit_code_2()
    {
        Assert.Equal(0, (await _program.RunLogAsync(_log)).Code);
        var policy = await _program.RunLogAsync(_log, "--set", "pipeline.account.budget.epsilon=3");
        Assert.Equal((2, true), (policy.Code, policy.Error.Contains("PolicyMismatch", StringComparison.Ordinal)));
        var key = await _program.RunLogAsync(_log, "--set", $"pipeline.keys.file=\"{_program.PathOf("other.keys")}\"");
        Assert.Equal((2, true), (key.Code, key.Error.Contains("key file that belongs to the store", StringComparison.Ordinal)));
        var missing = await _program.RunLogAsync(_log, "--set", $"pipeline.keys={{create=false,file=\"{_program.PathOf("none.keys")}\"}}");
        Assert.Equal((2, true), (missing.Code, missing.Error.Contains("none.keys", StringComparison.Ordinal)));
    }
}
