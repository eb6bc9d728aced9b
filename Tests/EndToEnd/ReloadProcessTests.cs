using System.Diagnostics;
using AkkaPrivacy.Tests.Hosting.Reload;
using Xunit;
using static AkkaPrivacy.Tests.Hosting.Reload.LiveSite;

namespace AkkaPrivacy.Tests.EndToEnd;

/// <summary>A process that follows a file takes up other configurations, and is killed.</summary>
public sealed class ReloadProcessTests : IDisposable
{
    private readonly LiveSite _site = new();

    [Fact]
    public async Task After_a_reload_and_a_kill_the_new_file_goes_on_and_the_former_one_is_refused()
    {
        _site.Append(0, 3);
        var (old, @new) = (_site.Configure("old.conf", A), _site.Configure("new.conf", A, C));
        using var process = Start(old);
        try
        {
            await _site.WhenReadAsync(30, () => process.HasExited);
            Assert.Equal(0, (await _site.Program.RunAsync("reload", @new, "--db", _site.Store)).Code);
            if (!OperatingSystem.IsWindows())
            {
                // Its own file now asks for one query more.
                _site.Configure("old.conf", A, C, B);
                using var hangup = Process.Start("kill", ["-HUP", $"{process.Id}"]);
                await hangup.WaitForExitAsync();
                while (await process.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line && !line.StartsWith("The new plan is in force", StringComparison.Ordinal))
                {
                }
            }

            Assert.False(process.HasExited);
            _site.Append(3, 5);
            await _site.WhenReadAsync(50, () => process.HasExited);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        var (last, former) = OperatingSystem.IsWindows() ? (@new, old) : (old, @new);
        var refused = await _site.Program.RunAsync("run", former, "--db", _site.Store);
        Assert.Equal(2, refused.Code);
        Assert.Contains("a reload put another plan in the place of this one", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await _site.Program.RunAsync("check", former, "--against", _site.Store)).Code);

        _site.Append(5, 7);
        var end = await _site.Program.RunAsync("run", last, "--db", _site.Store, "--json");
        Assert.Equal(0, end.Code);
        Assert.Equal(7, end.Values().Keys.Count(key => key.Query == "a"));
        Assert.Equal(["2026-03-01T04:00:00Z", "2026-03-01T06:00:00Z"], end.Values().Keys.Where(key => key.Query == "c").Select(key => key.Start).Order());
    }

    public void Dispose() => _site.Dispose();

    private Process Start(string file)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "akkaprivacy.dll"), "run", file, "--db", _site.Store, "--follow", "--json" })
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }
}
