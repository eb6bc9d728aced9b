using System.Globalization;
using System.IO.Compression;
using System.Text;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Tests.Hosting.Commands;
using AkkaPrivacy.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Run;

/// <summary>The pipelines of hocon/examples that need no network, each run on a few hundred made-up rows.</summary>
public sealed class ExampleTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 3, 2, 8, 0, 0, DateTimeKind.Utc);
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void The_page_lists_every_example()
    {
        var page = File.ReadAllText(Conf("README.md"));
        Assert.All(Repository.Files("*.conf", "hocon/examples"), file => Assert.Contains($"({Path.GetRelativePath(Conf("."), file)})", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_of_a_pattern_are_read_plain_and_compressed()
    {
        Directory.CreateDirectory(_program.PathOf("events/2026"));
        _program.Write("events/a.jsonl", Lines(0, 100));
        await using (var gzip = new GZipStream(File.Create(_program.PathOf("events/2026/b.jsonl.gz")), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Lines(100, 200)));
        }

        await using (var zstd = new ZstdSharp.CompressionStream(File.Create(_program.PathOf("events/2026/c.jsonl.zst")), leaveOpen: false))
        {
            zstd.Write(Encoding.UTF8.GetBytes(Lines(200, 300)));
        }

        await AssertRunAsync("files.conf", _program.PathOf("events/**/*.jsonl*"), 300, 2 * 3);

        static string Lines(int from, int to) => Rows(from, to, (i, time) =>
            $$"""{"time":"{{time:s}}Z","received":"{{time.AddSeconds(1):s}}Z","user":"u{{i % 40}}","page":"/p{{i % 3}}","ms":{{i}}}""");
    }

    [Fact]
    public async Task Sales_are_read_from_comma_separated_values() => await AssertRunAsync(
        "csv.conf",
        _program.Write("sales.csv", "sold at;customer;country;amount\n" + Rows(0, 300, (i, time) => string.Create(CultureInfo.InvariantCulture, $"{time:s}Z;c{i % 40};NL;{i}.99"))),
        300,
        2);

    [Fact]
    public async Task Logs_of_nginx_are_read_as_JSON() => await AssertRunAsync(
        "nginx-json.conf",
        _program.Write("access.json", Rows(0, 300, (i, time) =>
            $$"""{"msec":"{{new DateTimeOffset(time).ToUnixTimeSeconds()}}.123","client":"10.0.0.{{i % 40}}","status":"{{(i % 9 == 0 ? 404 : 200)}}","bytes":"{{i}}","agent":"Mozilla/5.0 Firefox/9"}""")),
        300,
        3 + 2);

    [Fact]
    public async Task Logs_are_followed_until_the_run_is_interrupted()
    {
        _program.Write("access.log", string.Join('\n', AccessLogs.Small().Split('\n')[..400]) + "\n");
        var draws = new InterruptAtFirstDraw();
        var result = await TestProgram.RunAsync(
            new RunHost { Interrupts = draws.Register, Randomness = draws }, "run", Conf("follow.conf"), "--input", _program.PathOf("*.log"), "--follow", "--db", _program.PathOf("a.db"), "--json");
        Assert.Equal(130, result.Code);
        Assert.InRange(result.Json().GetProperty("rows_read").GetInt32(), 1, 400);
        Assert.InRange(result.Json().GetProperty("released").GetInt32(), 1, 10);
    }

    [Fact]
    public async Task Made_up_traffic_needs_no_input() => Assert.Equal(2 * 6, await RunTrafficAsync("generator.conf"));

    [Fact]
    public async Task Releases_go_to_a_table_of_SQLite()
    {
        var released = await RunTrafficAsync("to-sqlite.conf");
        await using var connection = new SqliteConnection($"Data Source={_program.PathOf("a.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from (select distinct query, window_start from releases)";
        Assert.Equal((long)released, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Releases_go_to_lines_of_JSON()
    {
        var released = await RunTrafficAsync("to-json-lines.conf", "--set", $"pipeline.sinks.lines.path=\"{_program.PathOf("r.jsonl")}\"");
        Assert.Equal(released, File.ReadAllLines(_program.PathOf("r.jsonl")).Length);
    }

    [Fact]
    public async Task Releases_go_to_comma_separated_values()
    {
        var released = await RunTrafficAsync("to-csv.conf", "--set", $"pipeline.sinks.sheet.path=\"{_program.PathOf("r.csv")}\"");

        // A heading; one group a window of visitors, three of views.
        Assert.Equal(1 + (released / 2 * 4), File.ReadAllLines(_program.PathOf("r.csv")).Length);
    }

    [Fact]
    public async Task Releases_go_to_files_of_Parquet()
    {
        var released = await RunTrafficAsync("to-parquet.conf", "--set", $"pipeline.sinks.lake.path=\"{_program.PathOf("releases")}\"");
        Assert.Equal(released, Directory.GetFiles(_program.PathOf("releases"), "*.parquet").Length);
    }

    [Fact]
    public async Task Releases_go_to_the_screen()
    {
        var result = await _program.RunAsync("run", Conf("to-console.conf"), "--db", _program.PathOf("a.db"), "--set", "pipeline.source.generator.events=400");
        Assert.Equal(0, result.Code);
        Assert.Contains("window start", result.Output, StringComparison.Ordinal);
        Assert.Contains("/pricing", result.Output, StringComparison.Ordinal);
    }

    private static string Conf(string name) => Path.Combine(Repository.Root, "hocon", "examples", name);

    // Rows over three hours.
    private static string Rows(int from, int to, Func<int, DateTime, string> row) =>
        string.Concat(Enumerable.Range(from, to - from).Select(i => row(i, Start.AddSeconds(i * 36)) + "\n"));

    private async Task<int> RunTrafficAsync(string name, params string[] more)
    {
        var result = await _program.RunAsync(["run", Conf(name), "--db", _program.PathOf("a.db"), "--json", "--set", "pipeline.source.generator.events=400", .. more]);
        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        return result.Json().GetProperty("released").GetInt32();
    }

    private async Task AssertRunAsync(string name, string input, int rows, int released)
    {
        var result = await _program.RunAsync("run", Conf(name), "--input", input, "--db", _program.PathOf("a.db"), "--json");
        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Assert.Equal((rows, released), (result.Json().GetProperty("rows_read").GetInt32(), result.Json().GetProperty("released").GetInt32()));
        Assert.Empty(result.Json().GetProperty("dead_letters").EnumerateObject());
    }
}
