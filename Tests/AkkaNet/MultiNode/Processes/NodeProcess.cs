using System.Diagnostics;
using System.Text;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;

/// <summary>A node as a process of its own: a group of its own, its output kept, ended at the latest with the tests.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _errors = [];
    private readonly List<string> _output = [];
    private readonly Task _ended;

    private NodeProcess(string name, Process process)
    {
        (Name, _process) = (name, process);
        _ended = Task.WhenAll(ReadAsync(process.StandardError, _errors), ReadAsync(process.StandardOutput, _output));
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Errors => Text(_errors);

    public string Output => Text(_output);

    /// <summary>Starts a program of the tests' output folder.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="watchdog">Ends it when nobody else does.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="program">A file of the output folder.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="netNamespace">The network namespace; null for this process's own.</param>
    public static NodeProcess Start(string name, Watchdog watchdog, string folder, string program, IEnumerable<string> arguments, string? netNamespace = null)
    {
        string[] place = netNamespace is null ? [] : ["ip", "netns", "exec", netNamespace];
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var argument in place.Append("dotnet").Append(Path.Combine(AppContext.BaseDirectory, program)).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Watchdog.Mark] = watchdog.Value;
        start.Environment["DOTNET_TieredPGO"] = "0";
        var process = Process.Start(start)!;
        watchdog.Guard(process.Id);
        return new NodeProcess(name, process);
    }

    /// <summary>Ends when standard error has a line with this text.</summary>
    public Task<TimeSpan> SaysAsync(string text) => Until.IsAsync(
        $"'{text}' of node {Name}", () => Errors.Contains(text, StringComparison.Ordinal) || (HasExited ? throw new InvalidOperationException(Describe()) : false), Describe);

    /// <summary>Ends when standard output has a line that is this text.</summary>
    public Task<TimeSpan> AnswersAsync(string line) => Until.IsAsync(
        $"'{line}' of node {Name}", () => Lines().Contains(line) || (HasExited ? throw new InvalidOperationException(Describe()) : false), Describe);

    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void Signal(int signal) => Posix.Send(Id, signal);

    /// <summary>The exit code; the process has ended and its output is complete.</summary>
    public async Task<int> ExitAsync(TimeSpan? patience = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(patience ?? Until.Patience);
            await _ended.WaitAsync(Until.Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It did not end.{Environment.NewLine}{Describe()}");
        }

        return _process.ExitCode;
    }

    /// <summary>Makes it stand still. Ends when no thread of it runs any more, also none that was inside of a system call.</summary>
    public async Task StopAsync()
    {
        Signal(Posix.Stop);
        await Until.IsAsync($"node {Name} standing still", () => Directory.GetDirectories($"/proc/{Id}/task").All(IsStopped), Describe);
    }

    public async Task KillAsync()
    {
        Signal(Posix.Kill);
        await ExitAsync();
    }

    public IReadOnlyList<string> Lines()
    {
        lock (_gate)
        {
            return [.. _output];
        }
    }

    public string Describe() =>
        $"--- node {Name} ({(HasExited ? $"exit code {ExitCode}" : "runs")}), standard error:{Environment.NewLine}{Tail(Without(Errors), 4000)}{Environment.NewLine}--- standard output:{Environment.NewLine}{Tail(Output, 400)}";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // A stopped process dies of this signal too.
            Posix.Send(-Id, Posix.Kill);
            await ExitAsync();
        }

        _process.Dispose();
    }

    // 'pid (name) T ...'
    private static bool IsStopped(string task)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(task, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');
        }
        catch (IOException)
        {
            return true;
        }
    }

    // Nodes that are looked for before they were started.
    private static string Without(string errors) => string.Join('\n', errors.Split('\n').Where(line => !line.Contains("Connection refused", StringComparison.Ordinal)));

    private static string Tail(string text, int most) => text.Length <= most ? text : text[^most..];

    private async Task ReadAsync(StreamReader reader, List<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                lines.Add(line);
            }
        }
    }

    private string Text(List<string> lines)
    {
        lock (_gate)
        {
            return new StringBuilder().AppendJoin('\n', lines).ToString();
        }
    }
}
