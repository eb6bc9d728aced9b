using System.Globalization;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

public sealed class ReplayCommandTests : IDisposable
{
    private static readonly long Noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_line_that_was_mended_in_place_is_counted_once()
    {
        Write(wrong: "no json");
        var run = await RunAsync("run");
        Assert.Equal(1, run.Json().GetProperty("dead_letters").GetProperty("malformed").GetInt32());

        Write(wrong: null);
        var first = await RunAsync("replay", "--from", _program.PathOf("dead.jsonl"));
        Assert.Equal((0, string.Empty), (first.Code, first.Error));
        Assert.Equal((1, 1), (Number(first, "places"), Number(first, "rows_read")));
        Assert.Equal(1, first.Json().GetProperty("left_out").GetProperty("after_firing").GetInt32());
        Assert.Empty(first.Json().GetProperty("refused").EnumerateObject());
    }

    [Fact]
    public async Task A_file_with_other_content_is_refused_and_nothing_changes()
    {
        Write(wrong: "no json");
        await RunAsync("run");
        File.WriteAllText(_program.PathOf("in.jsonl"), "other\n" + File.ReadAllText(_program.PathOf("in.jsonl")));
        var replay = await RunAsync("replay", "--from", _program.PathOf("dead.jsonl"));
        Assert.Equal(2, replay.Code);
        Assert.Contains("other content", replay.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_without_places_that_can_be_replayed_says_so()
    {
        Write(wrong: null);
        await RunAsync("run");
        var old = _program.Write("old.jsonl", """{"reason":"malformed","partition":0,"position":2,"field":""}""" + "\n{\"rea\n{\"left_off\":{\"late\":7},\"run\":1}\n");
        var replay = await RunAsync("replay", "--from", old);
        Assert.Equal(0, replay.Code);
        Assert.Equal((0, 7, 2), (Number(replay, "places"), Number(replay, "places_left_off"), Number(replay, "unreadable_lines")));
        Assert.Equal(2, (await RunAsync("replay", "--from", _program.PathOf("missing.jsonl"))).Code);
    }

    [Fact]
    public async Task Text_tells_what_was_done_and_what_is_next()
    {
        Write(wrong: "no json");
        await RunAsync("run");
        var replay = await _program.RunAsync("replay", _program.PathOf("replay.conf"), "--from", _program.PathOf("dead.jsonl"));
        Assert.Contains("Left out again, malformed: 1", replay.Output, StringComparison.Ordinal);
        Assert.Contains("Next: 'akkaprivacy run'", replay.Output, StringComparison.Ordinal);
    }

    private static int Number(ProgramResult result, string key) => result.Json().GetProperty(key).GetInt32();

    // The line stands far behind the head that tells whether the file is still the same.
    private void Write(string? wrong)
    {
        var lines = Enumerable.Range(0, 200).Select(i => i == 150 && wrong is not null
            ? wrong
            : string.Create(CultureInfo.InvariantCulture, $$"""{"time":{{Noon + (i * 60_000)}},"visitor":"v{{i % 7}}@example.org"}"""));
        _program.Write("in.jsonl", string.Concat(lines.Select(line => line + "\n")));
        _program.Write("replay.conf", $$"""
            pipeline {
              name = again, subject = visitor
              source { type = json-lines, path = "{{_program.PathOf("in.jsonl")}}" }
              store { path = "{{_program.PathOf("again.db")}}" }
              data-map {
                time { type = time, class = time, role = event }
                visitor { type = text, class = direct-identifier, treatment = token }
              }
              account { name = "site/a", budget { epsilon = 20, delta = 1e-6 } }
              queries { visitors { aggregate = distinct-subjects, window = 1h, bounds { windows = 2 }, noise { epsilon = 1 } } }
              dead-letters { path = "{{_program.PathOf("dead.jsonl")}}" }
            }
            """);
    }

    private Task<ProgramResult> RunAsync(string command, params string[] more) => _program.RunAsync([command, _program.PathOf("replay.conf"), "--json", .. more]);
}
