using System.Diagnostics;
using System.Globalization;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;

/// <summary>A shell that outlives the tests by a moment: when its standard input ends, however the test process ended, it
/// ends every process group that was reported to it and that still bears this watchdog's mark.</summary>
internal sealed class Watchdog : IDisposable
{
    public const string Mark = "AKKAPRIVACY_WATCHDOG";
    private readonly Process _shell;
    private readonly Lock _gate = new();

    public Watchdog()
    {
        // Files of temporary folders stay when the tests are killed; processes and namespaces do not.
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("commands=$(cat); eval \"$commands\"");
        _shell = Process.Start(start)!;
        Value = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{_shell.Id}");
    }

    /// <summary>What every process that this one guards has in its environment.</summary>
    public string Value { get; }

    /// <summary>A process that leads a group of its own.</summary>
    /// <remarks>Not <c>kill -9 -- -N</c>: the kill of dash, which is Debian's sh, has no such form.</remarks>
    public void Guard(int process) => AtTheEnd(string.Create(
        CultureInfo.InvariantCulture, $"grep -qz '^{Mark}={Value}$' /proc/{process}/environ 2>/dev/null && kill -s KILL -- -{process}"));

    /// <summary>A shell command to run at the end.</summary>
    public void AtTheEnd(string command)
    {
        lock (_gate)
        {
            _shell.StandardInput.WriteLine($"({command}) 2>/dev/null");
            _shell.StandardInput.Flush();
        }
    }

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit(TimeSpan.FromSeconds(10));
        _shell.Dispose();
    }
}
