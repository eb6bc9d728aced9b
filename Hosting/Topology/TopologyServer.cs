using System.Net.Sockets;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Hosting.Control;

namespace AkkaPrivacy.Hosting.Topology;

/// <summary>
/// Serves a running pipeline to processes of the same user, on two sockets beside the store: whoever connects to
/// <c>topology</c> gets one snapshot as one line of JSON, whoever sends a line to <c>control</c> has a command carried out.
/// </summary>
/// <remarks>
/// A run never fails for want of its sockets: where they cannot be made, <see cref="Note"/> says why. Callers are served
/// side by side, and one who does not read or write is dropped after a second. Disposal removes the sockets.
/// </remarks>
internal sealed class TopologyServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string _directory;
    private readonly List<SocketListener> _listeners = [];

    private TopologyServer(string directory, string? note = null) => (_directory, Note) = (directory, note);

    /// <summary>Why the topology is not served; null when it is.</summary>
    public string? Note { get; private set; }

    /// <summary>Starts serving beside a store; sockets that a killed process left are replaced.</summary>
    /// <param name="storePath">The store's file.</param>
    /// <param name="snapshot">Takes a snapshot; called once for each caller, from another thread.</param>
    /// <param name="time">The clock for impatience; null takes the system's.</param>
    /// <param name="control">Carries out commands; null takes none.</param>
    /// <param name="budget">Asks the ledger what is left; null leaves it out.</param>
    /// <returns>The server; its <see cref="Note"/> tells whether it listens.</returns>
    public static TopologyServer Start(string storePath, Func<TopologySnapshot> snapshot, TimeProvider? time = null, RunControl? control = null, Func<TopologySnapshot, CancellationToken, ValueTask<BudgetSnapshot?>>? budget = null)
    {
        var clock = time ?? TimeProvider.System;
        var server = new TopologyServer(TopologySocket.DirectoryFor(storePath));
        if (TopologySocket.PathFor(storePath) is not { } path || TopologySocket.ControlPathFor(storePath) is not { } controlPath)
        {
            server.Note = $"The topology is not served: the socket's path beside '{storePath}' would exceed {TopologySocket.MaxPathBytes} bytes.";
            return server;
        }

        try
        {
            PrepareDirectory(server._directory);
            if (SocketListener.IsServed(path))
            {
                server.Note = $"The topology is not served: another run serves its own beside '{storePath}'.";
                return server;
            }

            server._listeners.Add(new SocketListener(path, (caller, stop) => AnswerAsync(caller, snapshot, budget, clock, stop)));
            if (control is not null && !SocketListener.IsServed(controlPath))
            {
                server._listeners.Add(new SocketListener(controlPath, (caller, stop) => ControlWire.AnswerAsync(caller, control, clock, stop)));
            }
        }
        catch (Exception failure) when (failure is SocketException or IOException or UnauthorizedAccessException)
        {
            server.Note = $"The topology is not served: the socket '{path}' cannot be made ({failure.GetType().Name}).";
        }

        return server;
    }

    /// <summary>Stops serving and removes the sockets.</summary>
    /// <returns>A task that ends when nothing is left.</returns>
    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        if (_listeners.Count > 0)
        {
            Directory.Delete(_directory);
        }
    }

    private static void PrepareDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(directory, Owner);
        File.SetUnixFileMode(directory, Owner);
    }

    private static async Task AnswerAsync(
        Socket caller, Func<TopologySnapshot> snapshot, Func<TopologySnapshot, CancellationToken, ValueTask<BudgetSnapshot?>>? budget, TimeProvider time, CancellationToken stop)
    {
        using var impatience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(impatience.Token, stop);
        try
        {
            var now = snapshot();
            now = budget is null ? now : now with { Budget = await budget(now, either.Token).ConfigureAwait(false) };
            await SocketListener.SendAsync(caller, (byte[])[.. TopologyJson.ToUtf8(now), (byte)'\n'], either.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            // The caller hung up or does not read; that is no concern of the run.
        }
    }
}
