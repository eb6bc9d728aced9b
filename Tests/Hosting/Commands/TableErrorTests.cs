using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

/// <summary>Tables to look up in and to join with that are not as they should be, as the program reports them.</summary>
public sealed class TableErrorTests : IDisposable
{
    private readonly TestProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Theory]
    [InlineData("enrich", "check")]
    [InlineData("enrich", "run")]
    [InlineData("join", "check")]
    [InlineData("join", "run")]
    public async Task A_table_that_is_missing_is_named_and_ends_with_2(string type, string command)
    {
        var result = await RunAsync(type, command);
        Assert.Equal(2, result.Code);
        Assert.Contains("pages.csv) cannot be read: there is no such file", result.Error, StringComparison.Ordinal);
        Assert.Contains("site.conf:", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_program.PathOf("a.db")));
    }

    [Theory]
    [InlineData("enrich", "page,section\n/a,x\n/b,y\n/a,canary\n", "pages.csv:4): the key is that of line 2; keys are unique")]
    [InlineData("join", "page,since,section\n/a,2026-01-01,x\n/b,2026-01-01,y\n/a,2026-01-01,canary\n", "pages.csv:4): the key is that of line 2, and so is the time")]
    [InlineData("enrich", "page,section\n/a,x\n/b\n", "pages.csv:3): ")]
    public async Task Duplicates_and_damaged_lines_are_named_by_their_line_and_end_with_2(string type, string table, string expected)
    {
        _program.Write("pages.csv", table);
        var result = await RunAsync(type, "run");
        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_program.PathOf("a.db")));
    }

    private Task<ProgramResult> RunAsync(string type, string command)
    {
        var since = type == "join" ? ", valid-from = since" : string.Empty;
        var stages = $$"""stages { pages { type = {{type}}, field = page, table { path = "{{_program.PathOf("pages.csv")}}", key = page{{since}}, columns { section { type = text, class = attribute } } } } }""";
        var conf = _program.Write("site.conf", Pipelines.Sound[..^1] + stages + "\n}");
        var input = _program.Write("in.jsonl", string.Empty);
        return command == "check" ? _program.RunAsync("check", conf) : _program.RunAsync("run", conf, "--input", input, "--db", _program.PathOf("a.db"));
    }
}
