using System.Globalization;
using System.Text.Json;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

public sealed class SideOutputRunTests : IDisposable
{
    private static readonly long Noon = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Late_and_early_rows_and_faults_go_to_files_of_their_own()
    {
        var (late, early, dead) = (_program.PathOf("late.jsonl"), _program.PathOf("early.jsonl"), _program.PathOf("dead.jsonl"));
        var result = await RunAsync($$"""
            side-outputs { late { path = "{{late}}", max-lines = 2 }, too-early { path = "{{early}}", reasons = [early] } }
            dead-letters { path = "{{dead}}" }
            """);
        Assert.Equal(0, result.Code);
        Assert.Equal([3, 1, 1], new[] { "late", "early", "malformed" }.Select(reason => result.Json().GetProperty("dead_letters").GetProperty(reason).GetInt32()));
        Assert.Equal([2, 3], Positions(late));
        Assert.Equal([5], Positions(early));
        Assert.Equal([6], Positions(dead));
        Assert.Equal("""{"left_off":{"late":1},"run":1}""", File.ReadLines(late).Last());
        var sides = result.Json().GetProperty("side_outputs").EnumerateArray().ToDictionary(side => side.GetProperty("name").GetString()!, side => (side.GetProperty("lines").GetInt64(), side.GetProperty("left_off").GetInt64()));
        Assert.Equal((2, 1), sides["late"]);
        Assert.Equal((1, 0), sides["too-early"]);
        Assert.Equal((1, 0), sides["dead-letters"]);
        Assert.All(new[] { late, early, dead }, file => Assert.DoesNotContain("canary", File.ReadAllText(file), StringComparison.Ordinal));
        Assert.Equal("2026-03-01T10:00:00Z", JsonDocument.Parse(File.ReadLines(late).First()).RootElement.GetProperty("window").GetProperty("start").GetString());
    }

    [Theory]
    [InlineData("side-outputs { a { path = x } }", "pipeline.side-outputs.a.reasons")]
    [InlineData("side-outputs { late { } }", "pipeline.side-outputs.late.path")]
    [InlineData("side-outputs { late { path = x, reasons = [never] } }", "pipeline.side-outputs.late.reasons")]
    [InlineData("side-outputs { late { path = x }, early { path = \"./x\" } }", "pipeline.side-outputs.early.path")]
    [InlineData("dead-letters { path = x }, side-outputs { dead-letters { path = x } }", "pipeline.side-outputs.dead-letters.path")]
    [InlineData("side-outputs { late { path = x, max-lines = 0 } }", "pipeline.side-outputs.late.max-lines")]
    [InlineData("dead-letters { path = x, max-lines = 5 }", "pipeline.dead-letters.max-lines")]
    public void Mistakes_are_named_by_their_key(string written, string key)
    {
        var errors = Pipelines.Errors(Pipelines.Sound[..^1] + written + "\n}");
        Assert.Contains(errors, error => error.Key == key);
    }

    private async Task<ProgramResult> RunAsync(string more)
    {
        (long Time, long Arrival)[] rows = [(0, 0), (-61, 0), (-62, 0), (-180, 1), (30, 1)];
        var lines = rows.Select(row => string.Create(
            CultureInfo.InvariantCulture, $$"""{"time":{{Noon + (row.Time * 60_000)}},"arrival":{{Noon + (row.Arrival * 60_000)}},"visitor":"canary@example.org"}""")).Append("canary no json");
        var input = _program.Write("in.jsonl", string.Concat(lines.Select(line => line + "\n")));
        var configuration = _program.Write("side.conf", $$"""
            pipeline {
              name = side, subject = visitor
              source { type = json-lines, path = "{{input}}" }
              time { allowed-lateness = 1h, allowed-skew = 5m }
              store { path = "{{_program.PathOf("side.db")}}" }
              data-map {
                time { type = time, class = time, role = event }
                arrival { type = time, class = time, role = arrival }
                visitor { type = text, class = direct-identifier, treatment = token }
              }
              account { name = "site/a", budget { epsilon = 20, delta = 1e-6 } }
              queries { visitors { aggregate = distinct-subjects, window = 1h, bounds { windows = 2 }, noise { epsilon = 1 } } }
              {{more}}
            }
            """);
        return await _program.RunAsync("run", configuration, "--json");
    }

    private static IEnumerable<int> Positions(string path) => File.ReadLines(path)
        .Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("position", out _)).Select(line => line.GetProperty("position").GetInt32());
}
