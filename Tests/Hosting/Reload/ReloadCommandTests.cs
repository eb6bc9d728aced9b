using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Hosting.Topology;
using AkkaPrivacy.Tests.Hosting.Commands;
using Xunit;
using static AkkaPrivacy.Tests.Hosting.Reload.LiveSite;

namespace AkkaPrivacy.Tests.Hosting.Reload;

public sealed class ReloadCommandTests : IDisposable
{
    private readonly LiveSite _site = new();
    private Action _interrupt = () => { };
    private Action _hangup = () => { };

    [Fact]
    public async Task A_run_takes_up_its_file_and_goes_on()
    {
        _site.Append(0, 3);
        var (old, @new) = (_site.Configure("old.conf", A, B), _site.Configure("new.conf", A, C));
        var run = FollowAsync(old);
        await _site.WhenReadAsync(30);

        var refused = await _site.Program.RunAsync("reload", @new, "--db", _site.Store, "--json");
        Assert.Equal((2, false, false), (refused.Code, refused.Json().GetProperty("allowed").GetBoolean(), refused.Json().GetProperty("applied").GetBoolean()));
        Assert.Contains("query 'b' ends while its windows", refused.Json().GetProperty("refusals")[0].GetString(), StringComparison.Ordinal);

        var dry = await _site.Program.RunAsync("reload", @new, "--db", _site.Store, "--discard-open-windows", "--dry-run");
        Assert.Equal((0, ""), (dry.Code, dry.Error));
        Assert.Contains("begins with the window from 2026-03-01 04:00:00Z", dry.Output, StringComparison.Ordinal);
        Assert.Contains("dropped, 2026-03-01 02:00:00Z to 2026-03-01 03:00:00Z", dry.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed: a reload would do this.", dry.Output, StringComparison.Ordinal);

        var done = await _site.Program.RunAsync("reload", @new, "--db", _site.Store, "--discard-open-windows", "--json");
        Assert.Equal((0, true), (done.Code, done.Json().GetProperty("applied").GetBoolean()));
        Assert.Equal("2026-03-01T00:00:00Z", done.Json().GetProperty("open_periods")[0].GetProperty("start").GetString());

        _site.Append(3, 7);
        await _site.WhenReadAsync(70);
        _interrupt();
        var report = (await run).Json();
        Assert.Equal(["a", "c"], report.GetProperty("releases").EnumerateArray().Select(release => release.GetProperty("query").GetString()!).Distinct().Order());

        var end = await _site.Program.RunAsync("run", @new, "--db", _site.Store, "--json");
        Assert.Equal(
            ["2026-03-01T04:00:00Z", "2026-03-01T06:00:00Z"],
            end.Json().GetProperty("releases").EnumerateArray().Where(release => release.GetProperty("query").GetString() == "c").Select(release => release.GetProperty("window").GetProperty("start").GetString()!));
        Assert.Equal(7, end.Values().Keys.Count(key => key.Query == "a"));
    }

    [Fact]
    public async Task What_the_run_holds_open_and_mistakes_are_refused_by_name()
    {
        _site.Append(0, 2);
        var file = _site.Configure("site.conf", A);
        var run = FollowAsync(file);
        await _site.WhenReadAsync(20);
        foreach (var (set, part) in new[]
        {
            ("pipeline.source.path=other.jsonl", "pipeline.source"), ("pipeline.source.poll=1s", "pipeline.source"), ("pipeline.store.busy-timeout=1s", "pipeline.store"),
            ("pipeline.keys.file=other.key", "pipeline.keys"), ("pipeline.throttle.rows-per-second=10", "pipeline.throttle"), ("pipeline.dead-letters.path=x.jsonl", "the files of side outputs"),
        })
        {
            var refused = await _site.Program.RunAsync("reload", file, "--db", _site.Store, "--set", set);
            Assert.Equal((2, ""), (refused.Code, refused.Error));
            Assert.Contains($"Refused: {part} would change", refused.Output, StringComparison.Ordinal);
        }

        var mistake = await _site.Program.RunAsync("reload", file, "--db", _site.Store, "--set", "pipeline.queries.a.noise.epsilon=-1", "--json");
        Assert.Equal((2, "pipeline.queries.a.noise.epsilon"), (mistake.Code, mistake.Json().GetProperty("errors")[0].GetProperty("key").GetString()));
        Assert.Equal(0, (await _site.Program.RunAsync("reload", file, "--db", _site.Store, "--set", "pipeline.runtime.checkpoint-interval=1s")).Code);
        _interrupt();
        Assert.Equal(130, (await run).Code);
    }

    [Fact]
    public async Task A_hangup_reads_the_runs_own_file_again()
    {
        _site.Append(0, 2);
        var file = _site.Configure("site.conf", A);
        var run = FollowAsync(file);
        await _site.WhenReadAsync(20);
        _site.Configure("site.conf", A, B);
        var before = (await TopologyClient.AskAsync(_site.Store, CancellationToken.None))!.Stages.Count;
        _hangup();
        await _site.WhenAsync(now => now.Stages.Count > before);
        _site.Append(2, 4);
        await _site.WhenReadAsync(40);
        _interrupt();
        var result = await run;
        Assert.Contains("The new plan is in force.", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _site.Program.RunAsync("run", file, "--db", _site.Store, "--json")).Code);
    }

    [Fact]
    public async Task Without_a_run_it_says_so()
    {
        var file = _site.Configure("site.conf", A);
        var result = await _site.Program.RunAsync("reload", file, "--db", _site.Store);
        Assert.Equal((1, ""), (result.Code, result.Output));
        Assert.Contains("No run takes commands", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await _site.Program.RunAsync("reload", file, "--db", _site.Store, "--json")).Json().GetProperty("error").GetProperty("exit_code").GetInt32());
        Assert.Equal(2, (await _site.Program.RunAsync("reload", _site.Program.PathOf("missing.conf"))).Code);
    }

    public void Dispose() => _site.Dispose();

    private Task<ProgramResult> FollowAsync(string file) => Task.Run(() => TestProgram.RunAsync(
        new RunHost
        {
            Interrupts = interrupted => Hold(() => _interrupt = interrupted),
            Hangups = reload => Hold(() => _hangup = reload),
        },
        "run", file, "--db", _site.Store, "--follow", "--json"));

    private static TestProgram.Nothing Hold(Action keep)
    {
        keep();
        return new TestProgram.Nothing();
    }
}
