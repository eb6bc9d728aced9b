using System.Diagnostics;
using System.Text.Json;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>A node in a process of its own.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly Process _process;

    private NodeProcess(Process process) => _process = process;

    /// <summary>Where other nodes join.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts a process and waits for its node.</summary>
    /// <param name="options">Which node.</param>
    public static async Task<NodeProcess> StartAsync(DebitNodeOptions options)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = ["exec", typeof(NodeProcess).Assembly.Location, "compare", DebitNodeCommand.Name, options.Directory, $"{options.Index}", $"{options.Fenced}", options.Seed];
        Array.ForEach(arguments, start.ArgumentList.Add);
        var node = new NodeProcess(Process.Start(start) ?? throw new InvalidOperationException("No process was started."));
        try
        {
            node.Address = await node.AnswerAsync<string>().ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Has the node do something.</summary>
    /// <typeparam name="T">What it answers.</typeparam>
    /// <param name="line">The command.</param>
    public async Task<T> AskAsync<T>(string line)
    {
        await _process.StandardInput.WriteLineAsync(line).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        return await AnswerAsync<T>().ConfigureAwait(false);
    }

    /// <summary>Has the process end; kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
    }

    private async Task<T> AnswerAsync<T>()
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience).ConfigureAwait(false);
        return line is null
            ? throw new InvalidOperationException("A node's process ended.")
            : JsonSerializer.Deserialize<T>(line)!;
    }
}
