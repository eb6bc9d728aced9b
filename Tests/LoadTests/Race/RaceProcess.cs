using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using AkkaPrivacy.LoadTests.Race;

namespace AkkaPrivacy.Tests.LoadTests.Race;

/// <summary>A process that races. It reads its orders from a pipe and ends when that ends, also when this process is killed.</summary>
internal sealed class RaceProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RaceProcess(Process process) => _process = process;

    /// <summary>Ends with the race; cancelled when the process is killed.</summary>
    public Task Done => _done.Task;

    /// <summary>What it said of its releases: id and value; and of refusals: id and code.</summary>
    public ConcurrentBag<(string Id, string Value)> Released { get; } = [];

    public ConcurrentBag<(string Id, string Code)> Refused { get; } = [];

    public static async Task<RaceProcess> StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "AkkaPrivacy.LoadTests.dll"));
        start.ArgumentList.Add(RaceWriterCommand.Name);
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        var race = new RaceProcess(Process.Start(start)!);
        _ = Task.Run(race.ReadAsync);
        await race._ready.Task.WaitAsync(TimeSpan.FromMinutes(2));
        return race;
    }

    public void Race(string place, string schema, int writer, bool grouped)
    {
        _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Released.Clear();
        Refused.Clear();
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{place}\t{schema}\t{writer}\t{(grouped ? "grouped" : "plain")}"));
        _process.StandardInput.Flush();
    }

    /// <summary>Kills it as it stands (SIGKILL).</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split('\t');
            switch (words)
            {
                case ["ready"]:
                    _ready.TrySetResult();
                    break;
                case ["done"]:
                    _done.TrySetResult();
                    break;
                case ["released", var id, var value]:
                    Released.Add((id, value));
                    break;
                case ["refused", var id, var code]:
                    Refused.Add((id, code));
                    break;
                case ["failed", var why]:
                    _done.TrySetException(new InvalidOperationException(why));
                    break;
                default:
                    // A line that the kill cut off.
                    break;
            }
        }

        _done.TrySetCanceled();
    }
}
